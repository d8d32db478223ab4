//! An account that is served again.

use puente_domain::user::User;
use puente_storage::Versioned;

use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Lets an account in again, with its keys, and lifts a lock after wrong passwords.
    pub async fn enable_user(&self, actor: &Actor, user: &str) -> Result<User> {
        self.allow(actor, Action::ManageAccess, "users/enable", user).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let user = refer::user(&mut *edit, user).await?;
        let now = self.clock.now();
        let user = User { disabled_at: None, failed_logins: 0, locked_until: None, updated_at: now, ..user };
        edit.users().update(&user).await?;
        edit.save("users/enable", &user.id.to_string(), None).await?;
        Ok(User { version: user.version + 1, ..user })
    }
}
