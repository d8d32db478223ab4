//! The JSON Schema (2020-12) of a tool's arguments.

use serde_json::{Map, Value, json};

use super::{Body, BodyKind, Parameter};

/// The schema of the arguments object.
pub(super) fn input_schema(
    parameters: &[Parameter],
    body: Option<&Body>,
    definitions: &Map<String, Value>,
) -> Map<String, Value> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in parameters.iter().filter(|parameter| !parameter.hidden) {
        if parameter.required {
            required.push(parameter.argument.clone());
        }
        properties.insert(parameter.argument.clone(), Value::Object(of_parameter(parameter)));
    }
    if let Some((argument, body)) = body.and_then(|body| Some((body.argument.clone()?, body))) {
        if body.required {
            required.push(argument.clone());
        }
        properties.insert(argument, Value::Object(of_body(body)));
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions.clone()));
    }
    schema
}

fn of_parameter(parameter: &Parameter) -> Map<String, Value> {
    if !parameter.file {
        return parameter.schema.clone();
    }
    let description = parameter.schema.get("description");
    if parameter.schema.get("type") == Some(&json!("array")) {
        let mut schema = Map::new();
        schema.extend(description.map(|text| ("description".to_owned(), text.clone())));
        schema.insert("type".to_owned(), json!("array"));
        schema.insert("items".to_owned(), Value::Object(file(None)));
        return schema;
    }
    file(description)
}

fn of_body(body: &Body) -> Map<String, Value> {
    match body.kind {
        BodyKind::File => file(body.schema.get("description")),
        BodyKind::Text if !body.schema.contains_key("type") => {
            let mut schema = body.schema.clone();
            schema.insert("type".to_owned(), json!("string"));
            schema
        }
        _ => body.schema.clone(),
    }
}

/// How agents give a file.
fn file(description: Option<&Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.extend(description.map(|text| ("description".to_owned(), text.clone())));
    let properties = json!({
        "filename": {"type": "string", "maxLength": 255},
        "content_type": {"type": "string", "description": "Media type"},
        "text": {"type": "string", "description": "The content, if it is text"},
        "base64": {"type": "string", "contentEncoding": "base64", "description": "The content, if it is not text"},
    });
    schema.insert("properties".to_owned(), properties);
    schema.insert("oneOf".to_owned(), json!([{"required": ["text"]}, {"required": ["base64"]}]));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}
