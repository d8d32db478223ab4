//! Keyword by keyword: what is kept, what is changed, what is left out.

use serde_json::{Map, Value, json};

use super::{Node, Schemas};

const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

impl<'a> Schemas<'a> {
    pub(super) fn keyword(&mut self, schema: Node<'a>, key: &str, value: &'a Value, out: &mut Map<String, Value>) {
        let node = Node { value, ..schema };
        let converted = match key {
            "type" => kind(value),
            "enum" => value.as_array().filter(|values| !values.is_empty()).map(|_| value.clone()),
            "properties" => Some(self.properties(node)),
            "patternProperties" | "dependentSchemas" => Some(self.members(node)),
            "required" => self.required(schema, value),
            "items" if value.is_array() => {
                out.insert("prefixItems".to_owned(), self.list(node));
                None
            }
            "items"
            | "additionalProperties"
            | "not"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Some(self.convert(node)),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                value.as_array().filter(|items| !items.is_empty()).map(|_| self.list(node))
            }
            "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => {
                exclusive(schema, key, out);
                None
            }
            "minimum" | "maximum" => {
                let exclusive = if key == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
                value.as_number().filter(|_| !schema.flag(exclusive)).map(|_| value.clone())
            }
            "exclusiveMinimum" | "exclusiveMaximum" => value.as_number().map(|_| value.clone()),
            "multipleOf" => value.as_f64().filter(|number| *number > 0.0).map(|_| value.clone()),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" | "minContains"
            | "maxContains" => value.as_u64().map(|_| value.clone()),
            "pattern" => self.pattern(value),
            "uniqueItems" | "deprecated" => value.as_bool().map(|_| value.clone()),
            "format" if value == "byte" => {
                out.insert("contentEncoding".to_owned(), json!("base64"));
                None
            }
            "title" | "description" | "format" | "contentMediaType" | "contentEncoding" => {
                value.as_str().map(|_| value.clone())
            }
            "default" | "const" => Some(value.clone()),
            "example" => {
                out.entry("examples").or_insert_with(|| json!([value]));
                None
            }
            "examples" => value.as_array().map(|_| value.clone()),
            _ => None,
        };
        if let Some(converted) = converted {
            out.insert(key.to_owned(), converted);
        }
    }

    /// Those that go this way.
    fn properties(&mut self, node: Node<'a>) -> Value {
        let mut properties = Map::new();
        for (name, value) in node.value.as_object().into_iter().flatten() {
            let property = Node { value, ..node };
            if self.travels(property) {
                properties.insert(name.clone(), self.convert(property));
            }
        }
        Value::Object(properties)
    }

    fn members(&mut self, node: Node<'a>) -> Value {
        let members = node.value.as_object().into_iter().flatten();
        Value::Object(members.map(|(name, value)| (name.clone(), self.convert(Node { value, ..node }))).collect())
    }

    fn list(&mut self, node: Node<'a>) -> Value {
        let items = node.value.as_array().into_iter().flatten();
        items.map(|value| self.convert(Node { value, ..node })).collect()
    }

    /// Without those that do not go this way.
    fn required(&self, schema: Node<'a>, value: &Value) -> Option<Value> {
        let properties = schema.get("properties");
        let travels = |name: &&Value| {
            let name = name.as_str().unwrap_or_default();
            properties.and_then(|properties| properties.get(name)).is_none_or(|property| self.travels(property))
        };
        let names: Vec<&Value> = value.as_array()?.iter().filter(|name| name.is_string()).filter(travels).collect();
        (!names.is_empty()).then(|| json!(names))
    }

    /// Regular expressions of other dialects than JSON Schema's are left out.
    fn pattern(&mut self, value: &Value) -> Option<Value> {
        let legal = value.is_string() && jsonschema::draft202012::new(&json!({"pattern": value})).is_ok();
        if !legal {
            self.note(format!("the pattern {value} is none that JSON Schema knows"));
        }
        legal.then(|| value.clone())
    }
}

/// Known types; `any` and the like say nothing.
fn kind(value: &Value) -> Option<Value> {
    let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    match value {
        Value::String(_) => known(value).then(|| value.clone()),
        Value::Array(kinds) => {
            let mut kept: Vec<&Value> = Vec::new();
            kinds.iter().filter(|kind| known(kind)).for_each(|kind| {
                if !kept.contains(&kind) {
                    kept.push(kind);
                }
            });
            (!kept.is_empty() && kept.len() == kinds.len()).then(|| json!(kept))
        }
        _ => None,
    }
}

/// `exclusiveMinimum: true` of OpenAPI 3.0.
fn exclusive(schema: Node<'_>, key: &str, out: &mut Map<String, Value>) {
    let bound = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
    if schema.flag(key)
        && let Some(value) = schema.value.get(bound).filter(|value| value.is_number())
    {
        out.insert(key.to_owned(), value.clone());
    }
}
