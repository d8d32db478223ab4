//! A changed account.

use puente_domain::{Role, user::User};
use puente_storage::Versioned;

use super::last_admin;
use crate::{
    Action, Actor, Gateway, Result,
    admin::{edit::at_version, refer},
};

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct UserChanges {
    /// The e-mail address, in any case of letters.
    pub email: Option<String>,
    /// For display; may be empty.
    pub display_name: Option<String>,
    /// What it may do in the administration.
    pub role: Option<Role>,
}

impl Gateway {
    /// Changes an account, which must be at `version` if one is given. The last administrator stays one.
    pub async fn update_user(
        &self,
        actor: &Actor,
        user: &str,
        version: Option<i64>,
        changes: UserChanges,
    ) -> Result<User> {
        self.allow(actor, Action::ManageAccess, "users/update", user).await?;
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        let before = refer::user(&mut *edit, user).await?;
        at_version(version, before.version, "the user")?;
        let user = changes.apply(before.clone(), self.clock.now())?;
        if user.role < before.role {
            last_admin::spare(&mut *edit, &before).await?;
        }
        edit.users().update(&user).await?;
        let detail = (user.role != before.role).then(|| format!("role {}, was {}", user.role, before.role));
        edit.save("users/update", &user.id.to_string(), detail).await?;
        Ok(User { version: user.version + 1, ..user })
    }
}

impl UserChanges {
    fn apply(self, user: User, now: puente_domain::Timestamp) -> Result<User> {
        let email = self.email.as_deref().map(super::email).transpose()?;
        Ok(User {
            email: email.unwrap_or(user.email),
            display_name: self.display_name.unwrap_or(user.display_name),
            role: self.role.unwrap_or(user.role),
            updated_at: now,
            ..user
        })
    }
}
