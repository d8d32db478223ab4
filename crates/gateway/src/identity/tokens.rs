//! The pair of tokens that a sign-in gives.

use std::time::Duration;

use puente_auth::NewRefreshToken;
use puente_domain::{
    FamilyId, Timestamp, UserId,
    user::{RefreshToken, User},
};
use puente_storage::Transaction;
use secrecy::SecretString;

use crate::{Actor, Gateway, Result, identity::principal};

/// What a sign-in gives, and each refresh again.
#[derive(Debug)]
pub struct TokenPair {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: SecretString,
    /// Good for one [`Gateway::refresh`].
    pub refresh_token: SecretString,
    /// How long the access token is valid.
    pub expires_in: Duration,
}

impl Gateway {
    /// The next pair of a family; its refresh token is written in the same transaction.
    pub(super) async fn next_pair(
        &self,
        transaction: &mut dyn Transaction,
        user: UserId,
        family: FamilyId,
        now: Timestamp,
    ) -> Result<TokenPair> {
        let fresh = NewRefreshToken::generate();
        let row = RefreshToken {
            hash: fresh.hash,
            family,
            user,
            expires_at: now + self.settings.refresh_token_ttl,
            used_at: None,
            revoked_at: None,
            created_at: now,
        };
        transaction.refresh_tokens().add(&row).await?;
        let expires_in = self.settings.access_token_ttl;
        Ok(TokenPair {
            access_token: self.tokens.issue(user, family, now, expires_in).into(),
            refresh_token: fresh.token,
            expires_in,
        })
    }

    /// Deletes refresh tokens that have expired; how many.
    pub(crate) async fn prune_refresh_tokens(&self) -> Result<u64> {
        let mut transaction = self.storage.write().await?;
        let pruned = transaction.refresh_tokens().prune(self.clock.now()).await?;
        transaction.save().await?;
        Ok(pruned)
    }
}

/// The same request, made by the user who turned out to stand behind it.
pub(super) async fn acting(transaction: &mut dyn Transaction, visitor: &Actor, user: &User) -> Result<Actor> {
    let principal = principal::of_user(transaction, user.id).await?;
    Ok(Actor { principal: principal.into(), ..visitor.clone() })
}
