//! A tool: one operation.

use std::collections::BTreeMap;

use puente_sources::{Finding, finding::parse};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Settings of a tool; what every tool has is parsed by the gateway and no longer here.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpToolSettings {
    /// `GET` if absent.
    #[serde(default = "get")]
    pub(crate) method: String,
    /// Below the base URL, with `{name}` for path parameters: `/orders/{id}`.
    pub(crate) path: String,
    /// One of the source's `servers`, instead of `base_url`.
    pub(crate) server: Option<String>,
    /// By the argument's name, in the order of the catalog. Parsed one by one, so that a finding names the parameter.
    #[serde(default)]
    pub(crate) parameters: Map<String, Value>,
    /// What is known of the body beyond the parameters in it.
    pub(crate) body: Option<BodySettings>,
    /// The part of a JSON answer that becomes the result.
    pub(crate) pick: Option<Picking>,
    /// The JSON Schema of the result, if agents shall know it; answers that do not keep to it are errors for clients.
    pub(crate) output: Option<Map<String, Value>>,
    /// Schemas that others refer to as `#/$defs/NAME`.
    #[serde(default)]
    pub(crate) definitions: Map<String, Value>,
    /// What is sent as `Accept`.
    pub(crate) accept: Option<String>,
    /// Whether it may change something; from the method if absent.
    pub(crate) writes: Option<bool>,
    /// Of a writing tool: whether it can destroy or overwrite; from the method if absent.
    pub(crate) destructive: Option<bool>,
    /// Of a writing tool: whether a second call with the same arguments changes nothing more; from the method if absent.
    pub(crate) idempotent: Option<bool>,
}

impl HttpToolSettings {
    /// Parses what the catalog says: the operation that was taken from a document, with what the catalog says beside it
    /// on top.
    ///
    /// # Errors
    /// What is wrong, below `location`.
    pub(crate) fn parse(location: &str, settings: &Map<String, Value>) -> Result<Self, Finding> {
        let mut merged = match settings.get("operation") {
            Some(Value::Object(operation)) => operation.clone(),
            _ => Map::new(),
        };
        if !merged.is_empty() {
            merged.retain(|key, _| !OPERATION_ONLY.contains(&key.as_str()));
        }
        for (key, value) in settings.iter().filter(|(key, _)| *key != "operation") {
            match (merged.get_mut(key), value) {
                (Some(Value::Object(below)), Value::Object(own)) if key == "parameters" => overlay(below, own),
                _ => drop(merged.insert(key.clone(), value.clone())),
            }
        }
        parse(location, Value::Object(merged))
    }
}

/// What `operation` has that no tool has: see `openapi::mark`.
const OPERATION_ONLY: [&str; 2] = ["from", "digest"];

/// Parameter by parameter, and each of them field by field.
fn overlay(parameters: &mut Map<String, Value>, own: &Map<String, Value>) {
    for (name, value) in own {
        match (parameters.get_mut(name), value) {
            (Some(Value::Object(fields)), Value::Object(own)) => fields.extend(own.clone()),
            _ => drop(parameters.insert(name.clone(), value.clone())),
        }
    }
}

/// `body:`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BodySettings {
    /// Its media type; JSON if absent.
    #[serde(rename = "type", default = "json")]
    pub(crate) media_type: String,
    /// The argument that is the whole body; `body` if there is a schema or a file.
    pub(crate) argument: Option<String>,
    /// The JSON Schema of that argument.
    pub(crate) schema: Option<Value>,
    /// The whole body is a file.
    #[serde(default)]
    pub(crate) file: bool,
    /// For agents.
    pub(crate) description: Option<String>,
    /// Whether that argument must be given.
    #[serde(default = "yes")]
    pub(crate) required: bool,
    /// What is always sent; fields of parameters are added.
    pub(crate) fixed: Option<Value>,
}

/// `pick:`: a JSON Pointer in which `*` stands for each item, or several of them by name.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub(crate) enum Picking {
    /// `/data/items`.
    One(String),
    /// `{total: /meta/total, names: /data/*/name}`.
    Several(BTreeMap<String, Picking>),
}

fn get() -> String {
    "GET".to_owned()
}

fn json() -> String {
    "application/json".to_owned()
}

const fn yes() -> bool {
    true
}
