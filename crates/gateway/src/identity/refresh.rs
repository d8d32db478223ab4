//! A refresh token for the next pair (RFC 9700, section 4.14.2: rotation, with reuse ending the sign-in).

use puente_auth::sha256;
use puente_domain::{Timestamp, audit::Outcome, user::RefreshToken};
use puente_storage::Transaction;

use super::tokens::{TokenPair, acting};
use crate::{Actor, Error, Gateway, Result, oauth::REFRESH_PREFIX};

const ACTION: &str = "auth/refresh";

impl Gateway {
    /// Exchanges a refresh token for the next pair; it is good for one exchange.
    ///
    /// A second exchange means that somebody else has it, too: the sign-in ends for both, with all its tokens.
    pub async fn refresh(&self, visitor: &Actor, token: &str) -> Result<TokenPair> {
        let (hash, now) = (sha256(token), self.clock.now());
        let mut transaction = self.storage.write().await?;
        let unknown = Error::Unauthenticated("the refresh token is not known");
        let row = transaction.refresh_tokens().find(&hash).await?;
        // Those of OAuth clients are bound to less than this would give.
        let row = row.filter(|_| !token.starts_with(REFRESH_PREFIX)).ok_or(unknown)?;
        if row.revoked_at.is_some() {
            return Err(Error::Unauthenticated("the sign-in of this refresh token has ended"));
        }
        if row.used_at.is_some() || !transaction.refresh_tokens().mark_used(&hash, now).await? {
            return self.reused(visitor, transaction, &row, now).await;
        }
        if row.expires_at <= now {
            return Err(Error::Unauthenticated("the refresh token has expired"));
        }
        self.rotate(visitor, transaction, &row, now).await
    }

    async fn rotate(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        row: &RefreshToken,
        now: Timestamp,
    ) -> Result<TokenPair> {
        let gone = Error::Unauthenticated("the account does not exist");
        let user = transaction.users().get(row.user).await?.ok_or(gone)?;
        let actor = acting(transaction.as_mut(), visitor, &user).await?;
        let pair = self.next_pair(transaction.as_mut(), user.id, row.family, now).await?;
        let event = self.event(&actor, ACTION, &user.id.to_string(), Outcome::Ok, None);
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        Ok(pair)
    }

    async fn reused(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        row: &RefreshToken,
        now: Timestamp,
    ) -> Result<TokenPair> {
        transaction.refresh_tokens().revoke_family(row.family, now).await?;
        let detail = "a refresh token was used twice; its sign-in has ended".to_owned();
        let event = self.event(visitor, ACTION, &row.user.to_string(), Outcome::Refused, Some(detail));
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        self.identity.forget();
        Err(Error::Unauthenticated("the refresh token was used before; sign in again"))
    }
}
