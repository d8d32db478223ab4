//! From a bearer token to a principal.

use std::{sync::Arc, time::Duration};

use puente_auth::{API_KEY_PREFIX, sha256};
use puente_domain::{KeyId, Principal, Role, Subject, Timestamp};
use puente_storage::{Storage, StorageError, Transaction};

use super::{
    principal,
    remembered::{Audience, Known},
};
use crate::{Error, Gateway, Result, oauth};

/// The last use of a key is written down this often.
const TOUCH: Duration = Duration::from_mins(1);

/// Where a token is shown: one that was given out for a resource is refused everywhere else (RFC 8707).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door<'a> {
    /// The REST API.
    Api,
    /// The endpoint of a virtual server.
    Server(&'a str),
}

impl Gateway {
    /// As [`Gateway::authenticate_at`] at the REST API.
    pub async fn authenticate(&self, bearer: &str) -> Result<Arc<Principal>> {
        self.authenticate_at(Door::Api, bearer).await
    }

    /// Whose this access token or API key (`pk_…`) is, with its rights as they were at most a second ago.
    ///
    /// Fails with [`Error::Unauthenticated`] if it is nobody's any more: unknown, expired, disabled or signed out. An
    /// account that is locked after wrong passwords keeps its tokens, or guessing would throw people out.
    pub async fn authenticate_at(&self, door: Door<'_>, bearer: &str) -> Result<Arc<Principal>> {
        let (hash, now) = (sha256(bearer), self.clock.now());
        let found = match self.identity.known.get(&hash, now) {
            Some(found) => found,
            None => self.find_out(bearer, &hash, now).await?,
        };
        let known = found.map_err(Error::Unauthenticated)?;
        match (&known.audience, door) {
            (Audience::Everywhere, _) => Ok(known.principal),
            (Audience::Server(own), Door::Server(server)) if **own == *server => Ok(known.principal),
            _ => Err(Error::Unauthenticated("the token was given out for another resource")),
        }
    }

    /// Asks the database, and remembers the answer.
    async fn find_out(
        &self,
        bearer: &str,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<std::result::Result<Known, &'static str>> {
        let found = match self.identify(bearer, hash, now).await {
            Ok(known) => Ok(known),
            Err(Error::Unauthenticated(reason)) => Err(reason),
            Err(error) => return Err(error),
        };
        self.identity.known.keep(*hash, now, found.as_ref().map_err(|reason| *reason));
        Ok(found)
    }

    async fn identify(&self, bearer: &str, hash: &[u8; 32], now: Timestamp) -> Result<Known> {
        let everywhere = |principal| Known { principal: Arc::new(principal), audience: Audience::Everywhere };
        if bearer.starts_with(API_KEY_PREFIX) {
            let mut transaction = self.storage.read().await?;
            return self.by_key(transaction.as_mut(), hash, now).await.map(everywhere);
        }
        let claims = self.tokens.verify_any(bearer, now).map_err(|error| Error::Unauthenticated(refusal(error)))?;
        let mut transaction = self.storage.read().await?;
        if !transaction.refresh_tokens().family_alive(claims.fam, now).await? {
            return Err(Error::Unauthenticated("the sign-in of this token has ended"));
        }
        if claims.aud == self.tokens.audience() {
            return principal::of_user(transaction.as_mut(), claims.sub).await.map(everywhere);
        }
        let Some(server) = claims.aud.strip_prefix(oauth::AUDIENCE_PREFIX) else {
            return Err(Error::Unauthenticated("the token was given out for another resource"));
        };
        let principal = principal::of_connection(transaction.as_mut(), &claims, server).await?;
        Ok(Known { principal: Arc::new(principal), audience: Audience::Server(server.into()) })
    }

    async fn by_key(&self, transaction: &mut dyn Transaction, hash: &[u8; 32], now: Timestamp) -> Result<Principal> {
        let key = transaction.keys().find(hash).await?.ok_or(Error::Unauthenticated("the API key is not known"))?;
        let (principal, owner) = principal::of_owned_key(transaction, &key, now).await?;
        let counted = if owner == Role::Admin { principal.subject } else { Subject::User(key.owner) };
        self.identity.counted.insert(key.id, counted);
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
