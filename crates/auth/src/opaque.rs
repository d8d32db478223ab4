//! Random text that is shown once and kept as its SHA-256 only.
//!
//! A plain hash is enough, because 256 random bits cannot be guessed as a password can.

use rand::{Rng, distr::Alphanumeric};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// 43 letters and digits hold a little over 256 bits.
const LENGTH: usize = 43;

/// A fresh refresh token (`rt_…`).
#[derive(Debug)]
pub struct NewRefreshToken {
    /// The token: given out once.
    pub token: SecretString,
    /// What is stored.
    pub hash: [u8; 32],
}

impl NewRefreshToken {
    /// A new one from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        let token = random_token("rt_");
        Self { hash: sha256(&token), token: token.into() }
    }
}

/// A fresh secret of 43 letters and digits after a prefix that says what it is: a code, a cookie, …
#[derive(Debug)]
pub struct NewSecret {
    /// The secret: given out once.
    pub text: SecretString,
    /// What is stored.
    pub hash: [u8; 32],
}

impl NewSecret {
    /// A new one from the operating system's randomness.
    #[must_use]
    pub fn generate(prefix: &str) -> Self {
        let text = random_token(prefix);
        Self { hash: sha256(&text), text: text.into() }
    }
}

/// A password of 20 letters and digits (119 bits) for the first administrator.
#[must_use]
pub fn generate_password() -> SecretString {
    random_text("", 20).into()
}

/// The SHA-256 under which an API key or a refresh token is stored.
#[must_use]
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

pub(crate) fn random_text(prefix: &str, length: usize) -> String {
    let random = rand::rng().sample_iter(Alphanumeric).take(length).map(char::from);
    prefix.chars().chain(random).collect()
}

/// 43 random letters and digits after `prefix`.
pub(crate) fn random_token(prefix: &str) -> String {
    random_text(prefix, LENGTH)
}
