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

    /// Why a client must leave a tool with this schema out: an annotation that it cannot follow. `None` if there is
    /// none.
    #[must_use]
    pub fn problem(input_schema: &JsonObject) -> Option<String> {
        let mut found = Vec::new();
        collect(input_schema, &mut Vec::new(), &mut found);
        if count(&Value::Object(input_schema.clone())) != found.len() {
            return Some(format!(
                "`{ANNOTATION}` must be a text on a property that is reached through `properties` only"
            ));
        }
        let mut names = std::collections::HashSet::new();
        found.iter().find_map(|Mirrored { path, header }| {
            let kind = at(input_schema, path).and_then(|schema| schema.get("type")).and_then(Value::as_str);
            let path = path.join(".");
            if http::HeaderName::try_from(header).is_err() {
                return Some(format!("`{ANNOTATION}` of `{path}` is no name of a header"));
            }
            if !matches!(kind, Some("string" | "integer" | "boolean")) {
                return Some(format!("`{ANNOTATION}` of `{path}` is not on a string, an integer or a boolean"));
            }
            (!names.insert(header.clone())).then(|| format!("`{ANNOTATION}` of `{path}` is there twice"))
        })
    }

    /// The headers of a call as a client sends them: names in lower case without the prefix, values not encoded yet.
    #[must_use]
    pub fn values(&self, arguments: &Map<String, Value>) -> Vec<(String, String)> {
        let value = |mirrored: &Mirrored| match mirrored.value(arguments)? {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Number(_) => mirrored.value(arguments).map(Value::to_string),
            _ => None,
        };
        self.0.iter().filter_map(|mirrored| Some((mirrored.header.clone(), value(mirrored)?))).collect()
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

/// The schema of the property that `path` leads to.
fn at<'a>(schema: &'a JsonObject, path: &[String]) -> Option<&'a JsonObject> {
    path.iter().try_fold(schema, |schema, name| schema.get("properties")?.get(name)?.as_object())
}

/// How many annotations there are anywhere in a schema. A property may be called like the annotation.
fn count(schema: &Value) -> usize {
    match schema {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                (ANNOTATION, Value::Object(_)) | ("properties", _) | (_, Value::Object(_) | Value::Array(_)) => {
                    count(value)
                }
                (ANNOTATION, _) => 1,
                _ => 0,
            })
            .sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_that_cannot_be_followed_are_found() {
        let tool = |properties: Value| serde_json::json!({"type": "object", "properties": properties});
        let problem = |schema: &Value| ParamHeaders::problem(schema.as_object().unwrap());
        let good = tool(serde_json::json!({"region": {"type": "string", "x-mcp-header": "Region"}}));
        assert_eq!(problem(&good), None);
        for properties in [
            serde_json::json!({"a": {"type": "string", "x-mcp-header": ""}}),
            serde_json::json!({"a": {"type": "string", "x-mcp-header": "a b"}}),
            serde_json::json!({"a": {"type": "string", "x-mcp-header": 7}}),
            serde_json::json!({"a": {"type": "number", "x-mcp-header": "A"}}),
            serde_json::json!({"a": {"type": "object", "x-mcp-header": "A"}}),
            serde_json::json!({"a": {"type": "string", "x-mcp-header": "A"}, "b": {"type": "string", "x-mcp-header": "a"}}),
            serde_json::json!({"a": {"type": "array", "items": {"type": "string", "x-mcp-header": "A"}}}),
        ] {
            assert!(problem(&tool(properties.clone())).is_some(), "{properties}");
        }
        let values = ParamHeaders::of(good.as_object().unwrap())
            .values(serde_json::json!({"region": "eu"}).as_object().unwrap());
        assert_eq!(values, [("region".to_owned(), "eu".to_owned())]);
    }

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
