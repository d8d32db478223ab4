//! Names of sources, tools, virtual servers and teams.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A name that is safe in URLs, tool names and file names: `[A-Za-z0-9][A-Za-z0-9_-]*`, at most 64 characters.
///
/// Capital letters are allowed because upstream tools have them; two names that differ only in case are two names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is no [`Name`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty text.
    #[error("a name must not be empty")]
    Empty,
    /// More than [`Name::MAX`] characters.
    #[error("a name has at most 64 characters; this one has {0}")]
    TooLong(usize),
    /// A character outside `[A-Za-z0-9_-]`, or a first one that is neither letter nor digit.
    #[error("a name consists of letters, digits, '_' and '-', and starts with a letter or digit; '{0}' does not")]
    Illegal(String),
}

impl Name {
    /// The longest name, in characters: what MCP clients accept as a tool's name.
    pub const MAX: usize = 64;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().count() > Self::MAX {
            return Err(NameError::TooLong(text.chars().count()));
        }
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if !starts_well || !text.chars().all(legal) {
            return Err(NameError::Illegal(text.escape_debug().to_string()));
        }
        Ok(Self(text))
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        text.to_owned().try_into()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_every_client_accepts() {
        assert!("erp".parse::<Name>().is_ok());
        assert!("read_File-2".parse::<Name>().is_ok());
        assert_eq!("".parse::<Name>(), Err(NameError::Empty));
        assert_eq!("a".repeat(65).parse::<Name>(), Err(NameError::TooLong(65)));
        for illegal in ["-a", "_a", "a.b", "a b", "ä", "a\0"] {
            assert!(matches!(illegal.parse::<Name>(), Err(NameError::Illegal(_))), "{illegal:?}");
        }
    }
}
