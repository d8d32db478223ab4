//! Arguments of a call against the tool's schema, compiled once.

use std::fmt::Write;

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use puente_mcp::{CallTool, param_headers::ParamHeaders};
use rmcp::model::JsonObject;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// How many problems an error names.
const MAX_PROBLEMS: usize = 5;

/// What a tool takes.
pub(crate) struct Arguments {
    /// `None` if the schema is none; the source then checks by itself.
    validator: Option<Validator>,
    headers: ParamHeaders,
    known: Vec<String>,
}

impl Arguments {
    pub(crate) fn new(address: &str, schema: &JsonObject) -> Self {
        let validator = jsonschema::options().build(&Value::Object(schema.clone()));
        let validator =
            validator.map_err(|error| tracing::warn!(tool = address, %error, "an input schema is no schema"));
        let known = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned();
        Self { validator: validator.ok(), headers: ParamHeaders::of(schema), known: known.collect() }
    }

    /// The arguments of a call, if they are what the tool takes. The failure is a tool error that names the fields, so
    /// that the model can correct itself; a wrong header is a protocol error.
    pub(crate) fn check(&self, call: &CallTool<'_>) -> Result<Map<String, Value>, Failure> {
        let arguments = match call.arguments {
            None => Value::Object(Map::new()),
            Some(raw) => serde_json::from_str(raw.get())
                .map_err(|error| Failure::tool(format!("the arguments are no JSON: {error}")))?,
        };
        if let Some(validator) = &self.validator
            && !validator.is_valid(&arguments)
        {
            return Err(Failure::tool(self.explain(validator, &arguments)));
        }
        let Value::Object(arguments) = arguments else {
            return Err(Failure::tool("the arguments must be an object"));
        };
        if let Some(headers) = &call.header_params {
            self.headers.check(&arguments, headers).map_err(Failure::Protocol)?;
        }
        Ok(arguments)
    }

    fn explain(&self, validator: &Validator, arguments: &Value) -> String {
        let problems: Vec<String> =
            validator.iter_errors(arguments).take(MAX_PROBLEMS).map(|error| self.problem(&error)).collect();
        format!("invalid arguments: {}", problems.join("; "))
    }

    fn problem(&self, error: &ValidationError<'_>) -> String {
        let field = field(&error.instance_path().to_string());
        let within = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                format!("`{}` is missing", within(property.as_str().unwrap_or_default()))
            }
            ValidationErrorKind::AdditionalProperties { unexpected } if field.is_empty() => {
                format!("there is no argument `{}`; the arguments are {}", unexpected.join("`, `"), self.list())
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                format!("`{field}` has no field `{}`", unexpected.join("`, `"))
            }
            _ if field.is_empty() => shorten(error.to_string()),
            _ => format!("`{field}`: {}", shorten(error.to_string())),
        }
    }

    fn list(&self) -> String {
        if self.known.is_empty() { "none".to_owned() } else { format!("`{}`", self.known.join("`, `")) }
    }
}

/// `/lines/0/amount` → `lines[0].amount`.
fn field(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !path.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
            let _ = write!(path, "[{part}]");
        } else {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(&part);
        }
    }
    path
}

/// Messages quote the value, which may be long.
fn shorten(message: String) -> String {
    const MAX: usize = 200;
    if message.chars().count() <= MAX {
        return message;
    }
    let (head, tail): (String, String) =
        (message.chars().take(MAX / 2).collect(), message.chars().rev().take(MAX / 2).collect());
    format!("{head} … {}", tail.chars().rev().collect::<String>())
}

/// Arguments in the one form that does not depend on spaces and the order of members.
pub(crate) fn canonical(arguments: &Map<String, Value>) -> String {
    let mut value = Value::Object(arguments.clone());
    value.sort_all_objects();
    value.to_string()
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: &Value, arguments: &str) -> Result<Map<String, Value>, String> {
        let raw = serde_json::value::RawValue::from_string(arguments.to_owned()).unwrap();
        let call =
            CallTool { name: "t", arguments: Some(&raw), inputs: puente_mcp::Inputs::default(), header_params: None };
        let arguments = Arguments::new("s.t", schema.as_object().unwrap());
        arguments.check(&call).map_err(|failure| failure.message())
    }

    #[test]
    fn a_wrong_argument_is_named() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["id"],
            "properties": {
                "id": {"type": "integer"}, "limit": {"type": "integer", "maximum": 10},
                "lines": {"type": "array", "items": {"type": "object", "properties": {"amount": {"type": "number"}}}},
            },
        });
        assert!(check(&schema, r#"{"id": 1, "limit": 10}"#).is_ok());
        for (arguments, expected) in [
            ("{}", "`id` is missing"),
            (r#"{"id": "x"}"#, "`id`: \"x\" is not of type \"integer\""),
            (r#"{"id": 1, "limit": 11}"#, "`limit`: 11 is greater than the maximum of 10"),
            (r#"{"id": 1, "lines": [{"amount": "1"}]}"#, "`lines[0].amount`"),
            (r#"{"id": 1, "idd": 2}"#, "no argument `idd`; the arguments are `id`, `limit`, `lines`"),
        ] {
            let message = check(&schema, arguments).unwrap_err();
            assert!(message.contains(expected), "{arguments}: {message}");
        }
    }

    #[test]
    fn a_long_value_is_not_repeated() {
        let schema = json!({"type": "object", "properties": {"id": {"type": "integer"}}});
        let message = check(&schema, &json!({"id": "x".repeat(100_000)}).to_string()).unwrap_err();
        assert!(message.len() < 1000, "{}", message.len());
    }

    #[test]
    fn the_canonical_form_ignores_order() {
        let one: Map<String, Value> = serde_json::from_str(r#"{"b": {"d": 1, "c": 2}, "a": []}"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":[],"b":{"c":2,"d":1}}"#);
    }
}
