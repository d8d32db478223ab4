//! API keys: `pk_` and 43 random letters and digits.

use secrecy::SecretString;

use crate::opaque::{random_token, sha256};

/// What every API key starts with; tells it from an access token.
pub const API_KEY_PREFIX: &str = "pk_";

/// How much of a key is kept readable, so that people recognise it.
const SHOWN: usize = API_KEY_PREFIX.len() + 8;

/// A fresh API key: shown once.
#[derive(Debug)]
pub struct NewApiKey {
    /// The key, for its user.
    pub key: SecretString,
    /// Its first characters, for lists.
    pub prefix: String,
    /// Its SHA-256, to find it by.
    pub hash: [u8; 32],
}

impl NewApiKey {
    /// A new key from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        let key = random_token(API_KEY_PREFIX);
        Self { prefix: key[..SHOWN].to_owned(), hash: sha256(&key), key: key.into() }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_key_is_safe_in_headers_and_shows_only_its_beginning() {
        let new = NewApiKey::generate();
        let key = new.key.expose_secret();
        assert_eq!(key.len(), 46);
        assert!(key[3..].chars().all(|c| c.is_ascii_alphanumeric()), "{key}");
        assert!(key.starts_with(&new.prefix) && new.prefix.len() == 11);
        assert_eq!(new.hash, sha256(key));
        assert!(!format!("{new:?}").contains(key));
        assert_ne!(key, NewApiKey::generate().key.expose_secret());
    }
}
