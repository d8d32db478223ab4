//! A new password for somebody.

use puente_domain::user::User;
use puente_storage::Versioned;
use secrecy::SecretString;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Sets a password, lifts a lock, and ends every sign-in of the account.
    pub async fn set_password(&self, actor: &Actor, user: &str, password: SecretString) -> Result<()> {
        self.allow(actor, Action::ManageAccess, "users/set_password", user).await?;
        let hash = self.hash_password(password).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let user = refer::user(&mut *edit, user).await?;
        let now = self.clock.now();
        let id = user.id;
        let user = User { password_hash: Some(hash), failed_logins: 0, locked_until: None, updated_at: now, ..user };
        edit.users().update(&user).await?;
        edit.refresh_tokens().revoke_user(id, now).await?;
        edit.save("users/set_password", &id.to_string(), None).await
    }
}
