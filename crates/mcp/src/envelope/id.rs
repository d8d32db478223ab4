//! Request ids, kept as they were written so that they go back byte for byte.

use std::{fmt, sync::Arc};

use serde::Serialize;
use serde_json::value::RawValue;

/// The id of a request: a JSON string or number.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Id<'a>(&'a RawValue);

impl<'a> Id<'a> {
    /// Takes a raw value that is a string or a number; MCP forbids `null`.
    pub(super) fn new(raw: &'a RawValue) -> Option<Self> {
        matches!(raw.get().as_bytes().first(), Some(b'"' | b'-' | b'0'..=b'9')).then_some(Self(raw))
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(self) -> &'a str {
        self.0.get()
    }

    /// A copy that outlives the body.
    #[must_use]
    pub fn to_owned(self) -> OwnedId {
        OwnedId(self.as_json().into())
    }
}

/// An [`Id`] that owns its text. Two are equal if they were written the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OwnedId(Arc<str>);

impl OwnedId {
    /// The id of this JSON text, if that is a string or a number.
    pub(crate) fn from_raw(raw: &RawValue) -> Option<Self> {
        Id::new(raw).map(Id::to_owned)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OwnedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
