//! Parameters of a tool: from the catalog to JSON Schema, and from JSON arguments to bound values.

mod bind;
mod datum;
mod schema;
mod when;

use serde::Deserialize;
use serde_json::Value;

pub(crate) use bind::bind;
pub(crate) use datum::Datum;
pub(crate) use schema::input_schema;

/// The type of a parameter: decides about its JSON Schema, and is what the statement is prepared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// 64 bits, signed.
    Integer,
    /// Double precision.
    Number,
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// `2026-01-31`.
    Date,
    /// RFC 3339; without an offset it is UTC.
    Datetime,
    /// Exact; a string or a number.
    Decimal,
    /// Any JSON.
    Json,
    /// Base64.
    Bytes,
}

/// A parameter, as the catalog says it.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// The name in arguments and, after a colon, in the SQL.
    pub(crate) name: String,
    /// The rest.
    pub(crate) settings: ParameterSettings,
}

/// What a catalog says about a parameter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterSettings {
    /// Its type; of the items if it is a list.
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// For agents.
    pub(crate) description: Option<String>,
    /// Whether it must be given; a parameter with a default need not be.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// What is bound if it is not given; NULL if absent.
    pub(crate) default: Option<Value>,
    /// The allowed values.
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<Value>>,
    /// The smallest number.
    pub(crate) minimum: Option<serde_json::Number>,
    /// The largest number.
    pub(crate) maximum: Option<serde_json::Number>,
    /// The shortest text, in characters.
    pub(crate) min_length: Option<u64>,
    /// The longest text, in characters.
    pub(crate) max_length: Option<u64>,
    /// A regular expression (ECMA 262) that the text matches.
    pub(crate) pattern: Option<String>,
    /// A list of values: `IN (:name)`.
    #[serde(default)]
    pub(crate) list: bool,
    /// The longest list.
    #[serde(default = "default_max_items")]
    pub(crate) max_items: usize,
    /// For agents.
    pub(crate) examples: Option<Vec<Value>>,
    /// The header `Mcp-Param-…` that mirrors it.
    pub(crate) header: Option<String>,
    /// Set by Puente to its default; callers neither see nor give it.
    #[serde(skip)]
    pub(crate) internal: bool,
}

impl Parameter {
    /// Whether a call without it is wrong.
    pub(crate) fn is_required(&self) -> bool {
        self.settings.required && self.settings.default.is_none()
    }

    /// What is wrong with the definition itself: a default that is not of its type, bounds that do not fit it.
    pub(crate) fn problem(&self) -> Option<String> {
        let settings = &self.settings;
        let is_number = matches!(settings.kind, Kind::Integer | Kind::Number);
        if (settings.minimum.is_some() || settings.maximum.is_some()) && !is_number {
            return Some("minimum and maximum are for integer and number".to_owned());
        }
        let has_text_rule =
            settings.min_length.is_some() || settings.max_length.is_some() || settings.pattern.is_some();
        if has_text_rule && settings.kind != Kind::String {
            return Some("min_length, max_length and pattern are for string".to_owned());
        }
        if settings.header.is_some() && (settings.list || settings.kind == Kind::Json) {
            return Some("header is for single values".to_owned());
        }
        let listed = settings.values.iter().flatten().find_map(|value| bind::item(self, value).err());
        let default = settings.default.as_ref().and_then(|value| bind::value(self, value).err());
        listed.or(default)
    }
}

fn yes() -> bool {
    true
}

fn default_max_items() -> usize {
    1000
}
