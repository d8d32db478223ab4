//! Keys: a kind, and a digest of everything that the value depends on.

use sha2::{Digest, Sha256};

/// What a value is kept under. Two keys are equal only if kind and every part are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    kind: &'static str,
    digest: [u8; 32],
}

impl Key {
    /// A key of this kind: everything that the value depends on goes into `parts`, in a fixed order.
    #[must_use]
    pub fn new(kind: &'static str, parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self { kind, digest: hasher.finalize().into() }
    }

    /// What sort of value it is: the namespace in a shared backend.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The SHA-256 of the parts.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_matters() {
        let keys = [
            Key::new("result", &[b"ab", b"c"]),
            Key::new("result", &[b"a", b"bc"]),
            Key::new("result", &[b"abc"]),
            Key::new("result", &[b"abc", b""]),
            Key::new("other", &[b"abc"]),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert_eq!(keys.iter().position(|other| other == key), Some(index));
        }
    }
}
