//! A new password for oneself.

use puente_domain::{Subject, audit::Outcome};
use puente_storage::Versioned;
use secrecy::SecretString;

use crate::{Action, Actor, Error, Gateway, Result};

const ACTION: &str = "users/change_password";

impl Gateway {
    /// Changes the caller's own password and ends every sign-in of the account, the caller's too. Keys cannot.
    pub async fn change_password(&self, actor: &Actor, current: SecretString, new: SecretString) -> Result<()> {
        self.allow(actor, Action::ReadSelf, ACTION, "").await?;
        let not_a_person = || Error::invalid("", "only a person who signed in has a password");
        let Subject::User(id) = actor.principal.subject else { return Err(not_a_person()) };
        let user = self.storage.read().await?.users().get(id).await?.ok_or_else(not_a_person)?;
        self.confirm_password(actor, &user.email, current).await?;
        let hash = self.hash_password(new).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let mut user = edit.users().get(id).await?.ok_or_else(not_a_person)?;
        user.password_hash = Some(hash);
        user.updated_at = self.clock.now();
        edit.users().update(&user).await?;
        edit.refresh_tokens().revoke_user(id, user.updated_at).await?;
        edit.save(ACTION, &id.to_string(), None).await
    }

    /// A sign-in, so that guessing the current password with a stolen token is slowed down, too.
    async fn confirm_password(&self, actor: &Actor, email: &str, current: SecretString) -> Result<()> {
        match self.sign_in(actor, email, current).await {
            Ok(_) => Ok(()),
            Err(Error::Unauthenticated(_)) => {
                self.record(actor, ACTION, "", Outcome::Refused, Some("wrong password".to_owned())).await;
                Err(Error::invalid("current_password", "this is not the current password"))
            }
            Err(other) => Err(other),
        }
    }
}
