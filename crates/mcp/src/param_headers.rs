//! Tool parameters that are mirrored in headers: `x-mcp-header` in the schema, `Mcp-Param-*` in the request
//! (2026-07-28, Streamable HTTP, "Custom Headers").

use rmcp::model::JsonObject;
use serde_json::{Map, Value};

use crate::McpError;

const ANNOTATION: &str = "x-mcp-header";

/// The mirrored parameters of one tool, found once from its input schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParamHeaders(Vec<Mirrored>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mirrored {
    /// From the arguments to the value, by names of properties.
    path: Vec<String>,
    /// The header without its prefix, in lower case.
    header: String,
}

impl ParamHeaders {
    /// Finds the annotated properties of a schema: those that a chain of `properties` leads to.
    #[must_use]
    pub fn of(input_schema: &JsonObject) -> Self {
        let mut found = Vec::new();
        collect(input_schema, &mut Vec::new(), &mut found);
        Self(found)
    }

    /// Checks that each annotated argument is repeated in its header and that no header says what the arguments do not.
    /// `headers` are [`CallTool::header_params`](crate::CallTool::header_params).
    pub fn check(&self, arguments: &Map<String, Value>, headers: &[(String, String)]) -> Result<(), McpError> {
        self.0.iter().try_for_each(|mirrored| mirrored.check(arguments, headers))
    }
}

impl Mirrored {
    fn check(&self, arguments: &Map<String, Value>, headers: &[(String, String)]) -> Result<(), McpError> {
        let mut given = headers.iter().filter(|(name, _)| *name == self.header).map(|(_, value)| value.as_str());
        let value = self.value(arguments).filter(|value| !value.is_null());
        let Self { header, path } = self;
        let path = path.join(".");
        match (value, given.next(), given.next()) {
            (None, None, _) => Ok(()),
            (Some(value), Some(text), None) if equal(value, text) => Ok(()),
            (Some(_), None, _) => {
                Err(McpError::header_mismatch(format!("the header Mcp-Param-{header} is missing for `{path}`")))
            }
            (_, Some(_), Some(_)) => {
                Err(McpError::header_mismatch(format!("the header Mcp-Param-{header} was given more than once")))
            }
            (_, Some(_), _) => {
                Err(McpError::header_mismatch(format!("the header Mcp-Param-{header} does not match `{path}`")))
            }
        }
    }

    fn value<'a>(&self, arguments: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.path.split_first()?;
        rest.iter().try_fold(arguments.get(first)?, |value, name| value.get(name))
    }
}

/// Whether a header says the same as the value. Numbers are compared as numbers.
fn equal(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Bool(true) => text == "true",
        Value::Bool(false) => text == "false",
        Value::Number(number) => {
            let text = text.trim();
            number.to_string() == text || matches!((number.as_f64(), text.parse()), (Some(a), Ok(b)) if same(a, b))
        }
        _ => false,
    }
}

/// Beyond 2^53 different integers are the same float, so only their text can be compared.
#[expect(clippy::float_cmp, reason = "the header repeats the very value")]
fn same(a: f64, b: f64) -> bool {
    a == b && a.abs() <= 9_007_199_254_740_991.0
}

fn collect(schema: &JsonObject, path: &mut Vec<String>, found: &mut Vec<Mirrored>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties {
        let Some(property) = property.as_object() else { continue };
        path.push(name.clone());
        if let Some(header) = property.get(ANNOTATION).and_then(Value::as_str) {
            found.push(Mirrored { path: path.clone(), header: header.to_ascii_lowercase() });
        }
        collect(property, path, found);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &Value, headers: &[(&str, &str)]) -> Result<(), McpError> {
        let schema = serde_json::json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "page": {"type": "object", "properties": {"size": {"type": "integer", "x-mcp-header": "Size"}}},
        }});
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ParamHeaders::of(schema.as_object().unwrap()).check(arguments.as_object().unwrap(), &headers)
    }

    #[test]
    fn a_header_must_repeat_its_argument() {
        let arguments = serde_json::json!({"region": "eu", "page": {"size": 42}});
        assert_eq!(check(&arguments, &[("region", "eu"), ("size", "42.0")]), Ok(()));
        for headers in [
            &[("region", "us"), ("size", "42")][..],
            &[("region", "eu"), ("size", "43")],
            &[("region", "eu")],
            &[("region", "eu"), ("region", "eu"), ("size", "42")],
        ] {
            assert!(check(&arguments, headers).is_err(), "{headers:?}");
        }
    }

    #[test]
    fn an_argument_that_is_absent_or_null_has_no_header() {
        assert_eq!(check(&serde_json::json!({"region": null}), &[]), Ok(()));
        assert!(check(&serde_json::json!({}), &[("region", "eu")]).is_err());
    }
}
