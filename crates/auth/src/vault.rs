//! Seals and opens secrets: XChaCha20-Poly1305 under a list of keys, the first of which seals.

mod key;

use chacha20poly1305::{AeadInPlace, Tag, XNonce};
use rand::RngCore;
use secrecy::SecretString;

use key::SealingKey;
pub use key::VaultError;

const VERSION: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 1 + ID + NONCE;

/// Seals and opens secrets (AEAD) under a list of keys: the first seals, all of them open.
///
/// A sealed value is `version (1) | key id (8) | nonce (24) | ciphertext | tag (16)`. It opens only with the context
/// that it was sealed with, so that a value cannot be moved to another place.
pub struct Vault {
    keys: Vec<SealingKey>,
}

impl Vault {
    /// A vault of the keys in `ENCRYPTION_KEY`, of which there is at least one.
    ///
    /// A key is 32 bytes as 64 hexadecimal digits or as base64 (either alphabet, padded or not); anything else is a
    /// passphrase of at least 16 characters, stretched with argon2id.
    pub fn new(keys: &[SecretString]) -> Result<Self, VaultError> {
        if keys.is_empty() {
            return Err(VaultError::NoKey);
        }
        let keys = keys.iter().enumerate().map(|(index, text)| SealingKey::parse(index + 1, text));
        Ok(Self { keys: keys.collect::<Result<_, _>>()? })
    }

    /// Seals under the first key. `context` says what this is (`secret:erp_password`); it is bound, not stored.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "nothing that fits into memory is too long")]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = key
            .cipher()
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), context.as_bytes(), &mut sealed[HEADER..])
            .expect("XChaCha20-Poly1305 takes up to 256 GiB");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what any of the keys sealed in the same context; `None` for everything else.
    #[must_use]
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let key = self.keys.iter().find(|key| Some(&key.id[..]) == id_bytes(sealed))?;
        let (header, rest) = sealed.split_at_checked(HEADER)?;
        let (ciphertext, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        let nonce = XNonce::from_slice(&header[1 + ID..]);
        let mut plain = ciphertext.to_vec();
        key.cipher()
            .decrypt_in_place_detached(nonce, context.as_bytes(), &mut plain, Tag::from_slice(tag))
            .ok()
            .map(|()| plain)
    }

    /// The id of the key that seals: the same on every replica with the same key, and no secret.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&self.keys[0].id)
    }

    /// The id of the key that sealed this, if it is a sealed value at all.
    #[must_use]
    pub fn key_id_of(sealed: &[u8]) -> Option<String> {
        id_bytes(sealed).map(hex)
    }

    /// Whether a key of this id is in the list.
    #[must_use]
    pub fn has_key(&self, id: &str) -> bool {
        self.keys.iter().any(|key| hex(&key.id) == id)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

fn id_bytes(sealed: &[u8]) -> Option<&[u8]> {
    (sealed.first() == Some(&VERSION)).then(|| sealed.get(1..=ID)).flatten()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        text
    })
}

#[cfg(test)]
mod tests;
