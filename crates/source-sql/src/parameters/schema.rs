//! The JSON Schema (2020-12) of a tool's arguments.

use serde_json::{Map, Value, json};

use super::{Kind, Parameter};

/// The schema of the arguments object.
pub(crate) fn input_schema(parameters: &[Parameter]) -> Map<String, Value> {
    let visible = || parameters.iter().filter(|parameter| !parameter.settings.internal);
    let properties: Map<_, _> =
        visible().map(|parameter| (parameter.name.clone(), Value::Object(property(parameter)))).collect();
    let required: Vec<_> =
        visible().filter(|parameter| parameter.is_required()).map(|parameter| &parameter.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

fn property(parameter: &Parameter) -> Map<String, Value> {
    let settings = &parameter.settings;
    let mut schema = single(parameter);
    if settings.list {
        let items = Value::Object(schema);
        schema = Map::new();
        schema.insert("type".to_owned(), json!("array"));
        schema.insert("items".to_owned(), items);
        schema.insert("maxItems".to_owned(), json!(settings.max_items));
    }
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            schema.insert(key.to_owned(), value);
        }
    };
    put("description", settings.description.as_ref().map(|text| json!(text)));
    put("default", settings.default.clone());
    put("examples", settings.examples.as_ref().map(|examples| json!(examples)));
    put("x-mcp-header", settings.header.as_ref().map(|header| json!(header)));
    schema
}

/// The schema of one value.
fn single(parameter: &Parameter) -> Map<String, Value> {
    let settings = &parameter.settings;
    let mut schema = of_kind(settings.kind);
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            schema.insert(key.to_owned(), value);
        }
    };
    put("enum", settings.values.as_ref().map(|values| json!(values)));
    put("minimum", settings.minimum.clone().map(Value::Number));
    put("maximum", settings.maximum.clone().map(Value::Number));
    put("minLength", settings.min_length.map(|length| json!(length)));
    put("maxLength", settings.max_length.map(|length| json!(length)));
    put("pattern", settings.pattern.as_ref().map(|pattern| json!(pattern)));
    schema
}

fn of_kind(kind: Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Integer => json!({"type": "integer"}),
        Kind::Number => json!({"type": "number"}),
        // No `format: date-time`, which would refuse a time without an offset.
        Kind::String | Kind::Datetime => json!({"type": "string"}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Date => json!({"type": "string", "format": "date"}),
        Kind::Decimal => json!({"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
        Kind::Json => json!({}),
        Kind::Bytes => json!({"type": "string", "contentEncoding": "base64"}),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}
