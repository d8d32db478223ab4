//! Whether a secret was made up in a hurry.

use std::{collections::BTreeSet, fmt};

/// What is weak about a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// Fewer characters than this.
    Short(usize),
    /// From a template or a tutorial.
    Placeholder,
    /// The same few characters again and again.
    Repetitive,
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(minimum) => write!(f, "the value is shorter than {minimum} characters"),
            Self::Placeholder => f.write_str("the value is a placeholder from a template"),
            Self::Repetitive => f.write_str("the value repeats a few characters"),
        }
    }
}

/// Pieces of well-known placeholders, without separators, in lower case.
const PLACEHOLDERS: [&str; 12] = [
    "changeme",
    "changethis",
    "changein",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yourkey",
    "yourpassword",
    "supersecret",
    "placeholder",
    "donotuse",
    "insecure",
];
const FEWEST_DIFFERENT: usize = 6;

/// What is weak about `secret`, if anything. `minimum` is in characters.
pub(crate) fn weakness(secret: &str, minimum: usize) -> Option<Weakness> {
    let bare: String = secret.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if PLACEHOLDERS.iter().any(|placeholder| bare.contains(placeholder)) {
        return Some(Weakness::Placeholder);
    }
    if secret.chars().count() < minimum {
        return Some(Weakness::Short(minimum));
    }
    let different: BTreeSet<char> = secret.chars().collect();
    (different.len() < FEWEST_DIFFERENT).then_some(Weakness::Repetitive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses() {
        for (secret, wanted) in [
            ("change-me-change-me-change-me-change-me", Some(Weakness::Placeholder)),
            ("Your_Secret_Key_Here_0123456789_abcdefgh", Some(Weakness::Placeholder)),
            ("short", Some(Weakness::Short(32))),
            ("abababababababababababababababababab", Some(Weakness::Repetitive)),
            ("q8Zr0uQm2mYv3rT6xKf1pLw9sNc4bHd7eGj5", None),
        ] {
            assert_eq!(weakness(secret, 32), wanted, "{secret}");
        }
    }
}
