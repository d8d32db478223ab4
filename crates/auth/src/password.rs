//! Hashes and checks passwords (argon2id), bounded in concurrency.

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Hashes and checks passwords with argon2id, 19 MiB, two passes (OWASP Password Storage Cheat Sheet, 2025).
///
/// Each takes tens of milliseconds and 19 MiB, so only a few run at once, on threads for blocking work.
#[derive(Debug)]
pub struct Passwords {
    running: Semaphore,
}

/// Is checked when there is no user, so that the time of an answer does not tell which accounts exist.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password was not hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too few characters.
    #[error("a password has at least {min} characters", min = Passwords::MIN)]
    TooShort,
    /// Too many bytes: hashing them would be work for an attacker's sake.
    #[error("a password has at most {max} bytes", max = Passwords::MAX)]
    TooLong,
    /// A stored hash that is no PHC string, or a failure of the hash function.
    #[error("the password could not be hashed")]
    Hash(#[source] password_hash::Error),
    /// The process is stopping.
    #[error("the password could not be hashed: the server is stopping")]
    Stopping,
}

impl Passwords {
    /// The shortest password that is accepted for an account, in characters.
    pub const MIN: usize = 10;
    /// The longest password, in bytes.
    pub const MAX: usize = 1024;

    /// At most `concurrency` (at least 1) hashes are computed at once.
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self { running: Semaphore::new(concurrency.max(1)) }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        if password.expose_secret().chars().count() < Self::MIN {
            return Err(PasswordError::TooShort);
        }
        if password.expose_secret().len() > Self::MAX {
            return Err(PasswordError::TooLong);
        }
        let _permit = self.permit().await?;
        blocking(move || hash(password)).await
    }

    /// Whether this is the password. Without a stored hash the answer is no, after as much work as otherwise.
    pub async fn verify(&self, password: SecretString, stored: Option<&str>) -> Result<bool, PasswordError> {
        if password.expose_secret().len() > Self::MAX {
            return Ok(false);
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or(NOBODY).to_owned();
        let _permit = self.permit().await?;
        blocking(move || verify(&password, &stored)).await.map(|right| right && known)
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, PasswordError> {
        self.running.acquire().await.map_err(|_| PasswordError::Stopping)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(PasswordError::Stopping))
}

#[expect(clippy::needless_pass_by_value, reason = "the secret is wiped when it is dropped here")]
fn hash(password: SecretString) -> Result<String, PasswordError> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.expose_secret().as_bytes()).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

fn verify(password: &SecretString, stored: &str) -> Result<bool, PasswordError> {
    match Argon2::default().verify_password(password.expose_secret().as_bytes(), stored) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::Hash(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let passwords = Passwords::new(2);
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse".into(), Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct horsf".into(), Some(&stored)).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse".into()).await.unwrap(), "salts differ");
    }

    #[tokio::test]
    async fn without_an_account_every_password_is_wrong() {
        let passwords = Passwords::new(1);
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn lengths_are_bounded() {
        let passwords = Passwords::new(1);
        assert!(matches!(passwords.hash("ninechars".into()).await, Err(PasswordError::TooShort)));
        assert!(matches!(passwords.hash("x".repeat(1025).into()).await, Err(PasswordError::TooLong)));
        assert!(!passwords.verify("x".repeat(100_000).into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_hash_is_an_error_and_not_a_wrong_password() {
        let passwords = Passwords::new(1);
        assert!(matches!(passwords.verify("whatever".into(), Some("md5:x")).await, Err(PasswordError::Hash(_))));
    }
}
