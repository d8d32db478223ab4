//! From the text of `ENCRYPTION_KEY` to a key.

use argon2::Argon2;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ID;

/// Where the stretching of a passphrase starts; fixed, so that every replica finds the same key.
const SALT: &[u8] = b"puente/encryption-key/1";
const MIN_PASSPHRASE: usize = 16;

/// Why there is no vault. Keys are counted from 1 and never shown.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// An empty list.
    #[error("there is no encryption key")]
    NoKey,
    /// A passphrase that can be guessed.
    #[error(
        "encryption key {0} is too short: give 32 random bytes as hexadecimal or base64, or a passphrase of at least \
         {MIN_PASSPHRASE} characters"
    )]
    TooShort(usize),
    /// The passphrase could not be stretched.
    #[error("encryption key {index} could not be prepared")]
    Stretch {
        /// Which key.
        index: usize,
        /// Why.
        source: argon2::Error,
    },
}

/// A key, ready to use; wiped from memory when dropped.
pub(super) struct SealingKey {
    pub(super) id: [u8; ID],
    cipher: XChaCha20Poly1305,
}

impl SealingKey {
    pub(super) fn parse(index: usize, text: &SecretString) -> Result<Self, VaultError> {
        let text = text.expose_secret().trim();
        let mut bytes = Zeroizing::new([0; 32]);
        if let Some(raw) = raw_key(text) {
            bytes.copy_from_slice(&raw);
        } else if text.chars().count() < MIN_PASSPHRASE {
            return Err(VaultError::TooShort(index));
        } else {
            Argon2::default()
                .hash_password_into(text.as_bytes(), SALT, bytes.as_mut())
                .map_err(|source| VaultError::Stretch { index, source })?;
        }
        Ok(Self { id: key_id(&bytes), cipher: XChaCha20Poly1305::new((&*bytes).into()) })
    }

    pub(super) fn cipher(&self) -> &XChaCha20Poly1305 {
        &self.cipher
    }
}

fn raw_key(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let any_padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let base64 = |alphabet| GeneralPurpose::new(alphabet, any_padding).decode(text).ok();
    let candidates = [unhex(text), base64(&alphabet::STANDARD), base64(&alphabet::URL_SAFE)];
    candidates.into_iter().flatten().find(|bytes| bytes.len() == 32).map(Zeroizing::new)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    digits?.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair.get(1)?).ok()).collect()
}

/// Tells keys apart without telling anything about them.
fn key_id(key: &[u8; 32]) -> [u8; ID] {
    let digest = Sha256::new().chain_update(b"puente/key-id/1").chain_update(key).finalize();
    let mut id = [0; ID];
    id.copy_from_slice(&digest[..ID]);
    id
}
