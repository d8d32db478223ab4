//! Hashes that only the holder of a key can make: HMAC-SHA256.

use hmac::{Hmac, Mac as _};
use rand::RngCore;
use sha2::Sha256;
use zeroize::Zeroizing;

const LENGTH: usize = 32;

/// A key for [`Mac`]s.
pub struct MacKey {
    bytes: Zeroizing<[u8; LENGTH]>,
    /// Keyed already, so that each hash begins with a copy.
    keyed: Hmac<Sha256>,
}

impl MacKey {
    /// A new one from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self::from(random_bytes())
    }

    /// The key that [`MacKey::bytes`] gave; `None` for anything else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes: [u8; LENGTH]| Self::from(bytes))
    }

    /// The key itself, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..]
    }

    /// Begins a hash. `purpose` keeps hashes of different things apart.
    pub fn begin(&self, purpose: &str) -> Mac {
        Mac(self.keyed.clone()).with(purpose.as_bytes())
    }
}

impl From<[u8; LENGTH]> for MacKey {
    fn from(bytes: [u8; LENGTH]) -> Self {
        let mut padded = hmac::digest::Key::<Hmac<Sha256>>::default();
        padded[..LENGTH].copy_from_slice(&bytes);
        // HMAC fills a shorter key up with zeros itself, so this is the key.
        Self { bytes: Zeroizing::new(bytes), keyed: hmac::digest::KeyInit::new(&padded) }
    }
}

impl std::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MacKey").finish_non_exhaustive()
    }
}

/// A hash in the making. Every part counts with its length, so that parts cannot flow into each other.
#[must_use]
pub struct Mac(Hmac<Sha256>);

impl Mac {
    /// Adds a part.
    pub fn with(mut self, part: &[u8]) -> Self {
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// Adds a part that may be missing, which is another thing than an empty one.
    pub fn with_optional(self, part: Option<&[u8]>) -> Self {
        match part {
            Some(part) => self.with(&[1]).with(part),
            None => self.with(&[0]),
        }
    }

    /// Adds a number.
    pub fn with_number(self, number: i64) -> Self {
        self.with(&number.to_be_bytes())
    }

    /// The hash.
    #[must_use]
    pub fn end(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }
}

/// Bytes that nobody can guess.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_hmac_sha256_of_parts_with_their_lengths() {
        let key = MacKey::read(&[7; 32]).unwrap();
        let mut expected = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
        for part in [&b"p"[..], b"ab", b""] {
            expected.update(&(part.len() as u64).to_be_bytes());
            expected.update(part);
        }
        let expected: [u8; 32] = expected.finalize().into_bytes().into();
        assert_eq!(key.begin("p").with(b"ab").with(b"").end(), expected);
        assert!(MacKey::read(&[7; 31]).is_none());
    }

    #[test]
    fn parts_purposes_and_keys_are_told_apart() {
        let (key, other) = (MacKey::generate(), MacKey::generate());
        let hash = key.begin("p").with(b"ab").with(b"c").end();
        assert_ne!(hash, key.begin("p").with(b"a").with(b"bc").end());
        assert_ne!(hash, key.begin("q").with(b"ab").with(b"c").end());
        assert_ne!(hash, other.begin("p").with(b"ab").with(b"c").end());
        assert_ne!(key.begin("p").with_optional(None).end(), key.begin("p").with_optional(Some(b"")).end());
        assert_eq!(hash, MacKey::read(key.bytes()).unwrap().begin("p").with(b"ab").with(b"c").end());
    }
}
