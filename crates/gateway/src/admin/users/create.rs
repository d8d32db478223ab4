//! A new account.

use puente_domain::{Role, UserId, user::User};
use puente_storage::Versioned;
use secrecy::SecretString;

use crate::{Action, Actor, Gateway, Result};

/// What a new account is made of.
#[derive(Debug)]
pub struct NewUser {
    /// Its e-mail address, in any case of letters.
    pub email: String,
    /// For display; may be empty.
    pub display_name: String,
    /// What it may do in the administration.
    pub role: Role,
    /// Without one, nobody can sign in until it is set.
    pub password: Option<SecretString>,
}

impl Gateway {
    /// Makes an account. Conflict: the e-mail address.
    pub async fn create_user(&self, actor: &Actor, new: NewUser) -> Result<User> {
        self.allow(actor, Action::ManageAccess, "users/create", "").await?;
        let email = super::email(&new.email)?;
        let password_hash = match new.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let now = self.clock.now();
        let user = User {
            id: UserId::new(),
            email,
            display_name: new.display_name,
            role: new.role,
            password_hash,
            disabled_at: None,
            failed_logins: 0,
            locked_until: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut edit = self.edit(actor, Versioned::Rights).await?;
        edit.users().add(&user).await?;
        edit.save("users/create", &user.id.to_string(), Some(format!("role {}", user.role))).await?;
        Ok(user)
    }
}
