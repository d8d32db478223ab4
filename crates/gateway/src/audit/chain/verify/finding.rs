//! What a proof says.

use std::{fmt, str::FromStr};

use puente_storage::Head;
use serde::{Serialize, Serializer};

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// In what.
    pub kind: FindingKind,
    /// Which one: an id, the number of a seal.
    pub what: String,
    /// What is wrong with it.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind.as_str(), self.what, self.text)
    }
}

/// What something is wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A row of the trail.
    Event,
    /// A list of events.
    Batch,
    /// A link of the chain.
    Seal,
    /// Where the chain ends.
    Head,
}

impl FindingKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Batch => "batch",
            Self::Seal => "seal",
            Self::Head => "head",
        }
    }
}

/// A seal by number and hash, as `42:3f…`. Who keeps it elsewhere can prove later that everything up to it is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The number of the seal.
    pub number: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// A text that is no anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a head is a number and 64 hexadecimal digits, as in `42:3f…`")]
pub struct AnchorError;

impl Anchor {
    /// The end of the chain; `None` while there is no seal.
    pub(super) fn of(head: &Head) -> Option<Self> {
        let hash = <[u8; 32]>::try_from(&head.hash[..]).ok()?;
        (head.number > 0).then_some(Self { number: head.number, hash })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.number)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Anchor {
    type Err = AnchorError;

    fn from_str(text: &str) -> Result<Self, AnchorError> {
        let (number, hex) = text.trim().split_once(':').ok_or(AnchorError)?;
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AnchorError);
        }
        let mut hash = [0; 32];
        for (byte, digits) in hash.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            let digits = str::from_utf8(digits).map_err(|_| AnchorError)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| AnchorError)?;
        }
        Ok(Self { number: number.parse().map_err(|_| AnchorError)?, hash })
    }
}

impl Serialize for Anchor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_what_it_writes() {
        let anchor = Anchor { number: 42, hash: [0x3f; 32] };
        assert_eq!(anchor.to_string().parse(), Ok(anchor));
        for wrong in ["", "42", "42:3f", &format!("x:{}", "3f".repeat(32)), &format!("42:{}", "ñf".repeat(22))] {
            assert_eq!(wrong.parse::<Anchor>(), Err(AnchorError), "{wrong}");
        }
    }
}
