//! The members of `params`, raw.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::McpError;

/// The members of a message's `params`, each still raw. Empty if there were none.
#[derive(Debug, Default)]
pub struct Params<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Params<'a> {
    /// The raw member, `None` if absent.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// A member that must be a string, borrowed from the body where it has no escapes. `None` if absent or `null`.
    pub fn text(&self, key: &str) -> Result<Option<Cow<'a, str>>, McpError> {
        let Some(raw) = self.raw(key).filter(|raw| raw.get() != "null") else { return Ok(None) };
        match serde_json::from_str::<Text<'a>>(raw.get()) {
            Ok(text) => Ok(Some(text.0)),
            Err(_) => Err(McpError::InvalidParams(format!("`{key}` must be a string"))),
        }
    }

    /// As [`Params::text`], but it must be there.
    pub fn required_text(&self, key: &str) -> Result<Cow<'a, str>, McpError> {
        self.text(key)?.ok_or_else(|| McpError::InvalidParams(format!("`{key}` is missing")))
    }

    /// A parsed member, the default if absent.
    pub fn parsed<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, McpError> {
        self.raw(key).map_or_else(|| Ok(T::default()), |raw| parse(key, raw))
    }

    /// A parsed member that must be there.
    pub fn required<T: DeserializeOwned>(&self, key: &str) -> Result<T, McpError> {
        let raw = self.raw(key).ok_or_else(|| McpError::InvalidParams(format!("`{key}` is missing")))?;
        parse(key, raw)
    }

    /// A raw member that must be a JSON object; `None` if absent or `null`.
    pub fn object(&self, key: &str) -> Result<Option<&'a RawValue>, McpError> {
        match self.raw(key).filter(|raw| raw.get() != "null") {
            Some(raw) if !raw.get().starts_with('{') => {
                Err(McpError::InvalidParams(format!("`{key}` must be an object")))
            }
            member => Ok(member),
        }
    }

    /// A member that is an object, one level deep; empty if absent.
    pub fn nested(&self, key: &str) -> Result<Params<'a>, McpError> {
        match self.object(key)? {
            None => Ok(Params::default()),
            Some(raw) => serde_json::from_str(raw.get())
                .map_err(|error| McpError::InvalidParams(format!("`{key}` cannot be read: {error}"))),
        }
    }
}

fn parse<T: DeserializeOwned>(key: &str, raw: &RawValue) -> Result<T, McpError> {
    serde_json::from_str(raw.get()).map_err(|error| McpError::InvalidParams(format!("`{key}` cannot be read: {error}")))
}

impl<'de: 'a, 'a> Deserialize<'de> for Params<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members).map(Self)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Self::Value::new();
        while let Some((Text(key), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            // Which of two wins differs between parsers; a proxy in front and we must never see different requests.
            if members.iter().any(|(name, _)| *name == key) {
                return Err(A::Error::custom(format_args!("duplicate member `{key}`")));
            }
            members.push((key, value));
        }
        Ok(members)
    }
}

/// A string that borrows where it has no escapes: serde's own `Option<Cow<str>>` always copies.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);
