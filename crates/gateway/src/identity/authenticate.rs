//! From a bearer token to a principal.

use std::{sync::Arc, time::Duration};

use puente_auth::{API_KEY_PREFIX, sha256};
use puente_domain::{KeyId, Principal, Timestamp};
use puente_storage::{Storage, StorageError, Transaction};

use super::principal;
use crate::{Error, Gateway, Result};

/// The last use of a key is written down this often.
const TOUCH: Duration = Duration::from_mins(1);

impl Gateway {
    /// Whose this access token or API key (`pk_…`) is, with its rights as they were at most a second ago.
    ///
    /// Fails with [`Error::Unauthenticated`] if it is nobody's any more: unknown, expired, disabled or signed out. An
    /// account that is locked after wrong passwords keeps its tokens, or guessing would throw people out.
    pub async fn authenticate(&self, bearer: &str) -> Result<Arc<Principal>> {
        let (hash, now) = (sha256(bearer), self.clock.now());
        if let Some(found) = self.identity.known.get(&hash, now) {
            return found.map_err(Error::Unauthenticated);
        }
        let found = match self.identify(bearer, &hash, now).await {
            Ok(principal) => Ok(Arc::new(principal)),
            Err(Error::Unauthenticated(reason)) => Err(reason),
            Err(error) => return Err(error),
        };
        self.identity.known.keep(hash, now, found.as_ref().map_err(|reason| *reason));
        found.map_err(Error::Unauthenticated)
    }

    async fn identify(&self, bearer: &str, hash: &[u8; 32], now: Timestamp) -> Result<Principal> {
        if bearer.starts_with(API_KEY_PREFIX) {
            let mut transaction = self.storage.read().await?;
            return self.by_key(transaction.as_mut(), hash, now).await;
        }
        let claims = self.tokens.verify(bearer, now).map_err(|error| Error::Unauthenticated(refusal(error)))?;
        let mut transaction = self.storage.read().await?;
        if !transaction.refresh_tokens().family_alive(claims.fam, now).await? {
            return Err(Error::Unauthenticated("the sign-in of this token has ended"));
        }
        principal::of_user(transaction.as_mut(), claims.sub).await
    }

    async fn by_key(&self, transaction: &mut dyn Transaction, hash: &[u8; 32], now: Timestamp) -> Result<Principal> {
        let key = transaction.keys().find(hash).await?.ok_or(Error::Unauthenticated("the API key is not known"))?;
        let principal = principal::of_key(transaction, &key, now).await?;
        if key.last_used_at.is_none_or(|last| now.since(last) >= TOUCH) {
            self.touch(key.id, now);
        }
        Ok(principal)
    }

    /// Writes the use of a key down, on the side: nobody waits for it.
    fn touch(&self, key: KeyId, now: Timestamp) {
        if self.identity.touched.get(&key).is_some_and(|last| now.since(last) < TOUCH) {
            return;
        }
        self.identity.touched.insert(key, now);
        let storage = self.storage.clone();
        tokio::spawn(async move {
            if let Err(error) = write_use(storage, key, now).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, key = %key, "the last use of a key could not be written");
            }
        });
    }
}

async fn write_use(storage: Arc<dyn Storage>, key: KeyId, now: Timestamp) -> Result<(), StorageError> {
    let mut transaction = storage.write().await?;
    transaction.keys().touch(key, now).await?;
    transaction.save().await
}

fn refusal(error: puente_auth::TokenError) -> &'static str {
    match error {
        puente_auth::TokenError::Expired => "the access token has expired",
        puente_auth::TokenError::Early => "the access token is not valid yet",
        _ => "the access token is not valid",
    }
}
