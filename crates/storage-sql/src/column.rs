//! Columns that are not plain text. JSON is stored as `serde_json` writes it, so that the order of keys and `\u0000`
//! survive on both databases.

use puente_storage::{Result, StorageError};
use serde::{Serialize, de::DeserializeOwned};

/// As stored.
pub(super) fn to_json<T: Serialize>(table: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| inconsistent(table, &error))
}

/// As read.
pub(super) fn from_json<T: DeserializeOwned>(table: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| inconsistent(table, &error))
}

/// A value that our own code does not write: a bug, or an edit by hand.
pub(super) fn inconsistent(table: &'static str, reason: &dyn std::fmt::Display) -> StorageError {
    StorageError::Inconsistent { table, reason: reason.to_string() }
}

/// A value of text that has a parser, as read.
pub(super) fn parse<T>(table: &'static str, text: &str) -> Result<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    text.parse().map_err(|error: T::Err| inconsistent(table, &error))
}

/// A hash, as read.
pub(super) fn hash(table: &'static str, bytes: &[u8]) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| inconsistent(table, &"a hash has 32 bytes"))
}
