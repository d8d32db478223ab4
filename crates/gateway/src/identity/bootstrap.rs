//! The first administrator.

use puente_auth::generate_password;
use puente_domain::{Role, UserId, audit::Outcome, user::User};
use puente_storage::{Transaction, Versioned};
use secrecy::SecretString;

use crate::{Actor, Gateway, Result, admin::users};

/// Set once there was an administrator, so that deleting all users does not bring the first one back.
const DONE: &str = "bootstrap";

/// The administrator that a first start has made.
#[derive(Debug)]
pub struct FirstAdmin {
    /// The account.
    pub user: User,
    /// Its password, if none was given: to be shown once.
    pub generated: Option<SecretString>,
}

impl Gateway {
    /// Makes the first administrator in a new database; `None` if that was done before. Of several processes that
    /// start at once, one does it.
    pub async fn bootstrap_admin(&self, email: &str, password: Option<SecretString>) -> Result<Option<FirstAdmin>> {
        if done(self.storage.read().await?.as_mut()).await? {
            return Ok(None);
        }
        let generated = if password.is_none() { Some(generate_password()) } else { None };
        let password = password.or_else(|| generated.clone()).unwrap_or_default();
        let user = self.first_admin(email, password).await?;
        let mut transaction = self.storage.write().await?;
        transaction.versions().bump(Versioned::Rights).await?;
        if done(transaction.as_mut()).await? {
            return Ok(None);
        }
        transaction.users().add(&user).await?;
        transaction.versions().set_value(DONE, &user.id.to_string()).await?;
        let event = self.event(&Actor::operator(), "users/create", &user.id.to_string(), Outcome::Ok, None);
        self.chain.add(transaction.as_mut(), &[event]).await?;
        transaction.save().await?;
        Ok(Some(FirstAdmin { user, generated }))
    }

    async fn first_admin(&self, email: &str, password: SecretString) -> Result<User> {
        let now = self.clock.now();
        Ok(User {
            id: UserId::new(),
            email: users::email(email)?,
            display_name: String::new(),
            role: Role::Admin,
            password_hash: Some(self.hash_password(password).await?),
            disabled_at: None,
            failed_logins: 0,
            locked_until: None,
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }
}

async fn done(transaction: &mut dyn Transaction) -> Result<bool> {
    Ok(transaction.versions().value(DONE).await?.is_some() || transaction.users().count().await? > 0)
}
