//! `parameters:` of a tool.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// `{name}` in the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of the body.
    Body,
}

/// How a value that is a list or an object is written (OpenAPI, "Style Values").
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Style {
    /// `;id=5`.
    Matrix,
    /// `.5`.
    Label,
    /// `5`, `3,4`.
    Simple,
    /// `id=5`, `id=3&id=4`.
    Form,
    /// `id=3%204`.
    SpaceDelimited,
    /// `id=3%7C4`.
    PipeDelimited,
    /// `id[a]=3&id[b]=4`.
    DeepObject,
}

impl Style {
    /// As catalogs and documents write it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Label => "label",
            Self::Simple => "simple",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
        }
    }

    /// What a parameter has that says nothing.
    pub(crate) const fn usual(place: Place) -> Self {
        match place {
            Place::Path | Place::Header => Self::Simple,
            Place::Query | Place::Cookie | Place::Body => Self::Form,
        }
    }

    /// Whether a parameter there can be written like this.
    pub(crate) const fn fits(self, place: Place) -> bool {
        match place {
            Place::Path => matches!(self, Self::Matrix | Self::Label | Self::Simple),
            Place::Header => matches!(self, Self::Simple),
            Place::Cookie => matches!(self, Self::Form),
            Place::Query | Place::Body => {
                matches!(self, Self::Form | Self::SpaceDelimited | Self::PipeDelimited | Self::DeepObject)
            }
        }
    }
}

/// What a catalog says about a parameter; its key is the argument's name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParameterSettings {
    /// Where it goes.
    #[serde(rename = "in")]
    pub(crate) place: Place,
    /// Its name there; the argument's if absent.
    pub(crate) name: Option<String>,
    /// For agents.
    pub(crate) description: Option<String>,
    /// Whether it must be given; true unless there is a default.
    pub(crate) required: Option<bool>,
    /// What is sent if it is not given.
    pub(crate) default: Option<Value>,
    /// What is always sent: agents neither see nor give it.
    pub(crate) fixed: Option<Value>,
    /// Not offered to agents, and not sent.
    #[serde(default)]
    pub(crate) hidden: bool,
    /// How lists and objects are written.
    pub(crate) style: Option<Style>,
    /// Whether items are written one by one.
    pub(crate) explode: Option<bool>,
    /// Whether `:/?#[]@!$&'()*+,;=` go as they are (query only).
    #[serde(default)]
    pub(crate) allow_reserved: bool,
    /// The media type that the value is written in, instead of a style; of a part, if the body is multipart.
    pub(crate) content_type: Option<String>,
    /// In a body: a file, which agents give as `{filename, text}` or `{filename, base64}`.
    #[serde(default)]
    pub(crate) file: bool,
    /// Its JSON Schema (2020-12).
    pub(crate) schema: Option<Value>,
    /// Or the usual parts of one.
    #[serde(rename = "type")]
    kind: Option<Value>,
    #[serde(rename = "enum")]
    values: Option<Value>,
    format: Option<Value>,
    minimum: Option<Value>,
    maximum: Option<Value>,
    min_length: Option<Value>,
    max_length: Option<Value>,
    pattern: Option<Value>,
    items: Option<Value>,
    max_items: Option<Value>,
    properties: Option<Value>,
    examples: Option<Value>,
}

impl ParameterSettings {
    /// The schema that the usual parts make; `None` if there are none.
    pub(crate) fn short_schema(&self) -> Option<Map<String, Value>> {
        let parts = [
            ("type", &self.kind),
            ("enum", &self.values),
            ("format", &self.format),
            ("minimum", &self.minimum),
            ("maximum", &self.maximum),
            ("minLength", &self.min_length),
            ("maxLength", &self.max_length),
            ("pattern", &self.pattern),
            ("items", &self.items),
            ("maxItems", &self.max_items),
            ("properties", &self.properties),
            ("examples", &self.examples),
        ];
        let given = parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
        let schema: Map<_, _> = given.collect();
        (!schema.is_empty()).then_some(schema)
    }
}
