//! Browsers that are signed in: a cookie of random text, a row with its hash.

use std::time::Duration;

use puente_auth::{NewSecret, sha256};
use puente_domain::{oauth::WebSession, user::User};
use puente_storage::Transaction;
use secrecy::SecretString;

use super::principal;
use crate::{Actor, Error, Gateway, Result};

/// How long a browser stays signed in.
const LIFETIME: Duration = Duration::from_hours(12);

/// A browser that has just signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// What the cookie holds.
    pub cookie: SecretString,
    /// For how long.
    pub lifetime: Duration,
    /// Who it is.
    pub actor: Actor,
}

impl Gateway {
    /// Signs a person's browser in; fails as [`Gateway::sign_in`] does.
    pub async fn sign_in_browser(&self, visitor: &Actor, email: &str, password: SecretString) -> Result<SignedIn> {
        let (transaction, user) = self.check_password(visitor, email, password).await?;
        self.open_browser(visitor, transaction, &user, "in a browser").await
    }

    /// Opens a session for an account that proved itself.
    pub(super) async fn open_browser(
        &self,
        visitor: &Actor,
        mut transaction: Box<dyn Transaction>,
        user: &User,
        how: &str,
    ) -> Result<SignedIn> {
        let (fresh, now) = (NewSecret::generate("ws_"), self.clock.now());
        let session = WebSession { hash: fresh.hash, user: user.id, expires_at: now + LIFETIME, created_at: now };
        transaction.web_sessions().add(&session).await?;
        let actor = self.welcome(visitor, transaction, user, Some(how.to_owned())).await?;
        Ok(SignedIn { cookie: fresh.text, lifetime: LIFETIME, actor })
    }

    /// Whose browser holds this cookie; `None` if nobody is signed in there (any more).
    pub async fn browser(&self, visitor: &Actor, cookie: &str) -> Result<Option<Actor>> {
        let now = self.clock.now();
        let mut transaction = self.storage.read().await?;
        let Some(session) = transaction.web_sessions().find(&sha256(cookie), now).await? else { return Ok(None) };
        match principal::of_user(transaction.as_mut(), session.user).await {
            Ok(principal) => Ok(Some(Actor { principal: principal.into(), ..visitor.clone() })),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Signs a browser out; one that is not signed in is no error.
    pub async fn sign_out_browser(&self, cookie: &str) -> Result<()> {
        let mut transaction = self.storage.write().await?;
        transaction.web_sessions().remove(&sha256(cookie)).await?;
        transaction.save().await?;
        Ok(())
    }
}
