//! The end of an account's access.

use puente_domain::user::User;
use puente_storage::Versioned;

use super::last_admin;
use crate::{Action, Actor, Gateway, Result, admin::refer};

impl Gateway {
    /// Refuses the account from now on, with its keys and tokens, within a second everywhere. Its sign-ins end for good.
    /// The last administrator cannot be disabled.
    pub async fn disable_user(&self, actor: &Actor, user: &str) -> Result<User> {
        self.allow(actor, Action::ManageAccess, "users/disable", user).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let user = refer::user(&mut *edit, user).await?;
        last_admin::spare(&mut *edit, &user).await?;
        let now = self.clock.now();
        let disabled_at = user.disabled_at.or(Some(now));
        let user = User { disabled_at, updated_at: now, ..user };
        edit.users().update(&user).await?;
        edit.refresh_tokens().revoke_user(user.id, now).await?;
        edit.save("users/disable", &user.id.to_string(), None).await?;
        Ok(User { version: user.version + 1, ..user })
    }
}
