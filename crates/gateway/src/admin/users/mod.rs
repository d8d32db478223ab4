//! Users: people who sign in.

mod change_password;
mod create;
mod delete;
mod disable;
mod enable;
mod get;
mod last_admin;
mod list;
mod set_password;
mod update;

pub use create::NewUser;
pub use update::UserChanges;

use puente_auth::PasswordError;
use secrecy::SecretString;

use crate::{Error, Gateway, Result};

/// RFC 5321, section 4.5.3.1.3.
const LONGEST_EMAIL: usize = 254;

/// An e-mail address in the form in which it is stored. Whether it exists only a letter can tell.
pub(crate) fn email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let parts: Vec<&str> = email.split('@').collect();
    let plausible = matches!(parts[..], [name, domain] if !name.is_empty() && !domain.is_empty());
    if !plausible || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("email", format!("'{}' is no e-mail address", text.escape_debug())));
    }
    if email.len() > LONGEST_EMAIL {
        return Err(Error::invalid("email", format!("an e-mail address has at most {LONGEST_EMAIL} bytes")));
    }
    Ok(email)
}

impl Gateway {
    pub(crate) async fn hash_password(&self, password: SecretString) -> Result<String> {
        self.passwords.hash(password).await.map_err(|error| {
            if let PasswordError::Hash(source) = &error {
                tracing::error!(error = source as &dyn std::error::Error, "a password could not be hashed");
            }
            Error::invalid("password", error.to_string())
        })
    }
}
