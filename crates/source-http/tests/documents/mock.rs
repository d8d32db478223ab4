//! An API that knows its document, and refuses what the document does not say. It reads requests by the document
//! itself, with nothing of ours.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::api::support::{Seen, answer};

/// Answers 200 to what the document allows, else 400 with why not.
pub(crate) fn respond(document: &Value, seen: &Seen) -> Response {
    match check(document, seen) {
        Ok(()) => answer(200, "application/json", r#"{"ok":true}"#),
        Err(problem) => answer(400, "text/plain", format!("{} {}: {problem}", seen.method, seen.target)),
    }
}

fn check(document: &Value, seen: &Seen) -> Result<(), String> {
    let path = seen.target.split('?').next().unwrap_or_default();
    let mut problems = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        let item = resolve(document, item);
        let Some(values) = fits(template.split('#').next().unwrap(), path) else { continue };
        let Some(operation) = item.get(seen.method.to_lowercase()) else { continue };
        match parameters(document, item, operation, seen, &values).and_then(|()| body(document, operation, seen)) {
            Ok(()) => return Ok(()),
            Err(problem) => problems.push(format!("{template}: {problem}")),
        }
    }
    if problems.is_empty() { Err("there is no such operation".to_owned()) } else { Err(problems.join("; ")) }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolve(document, document.pointer(&reference[1..]).unwrap()),
        None => value,
    }
}

/// The values of `{name}`s, still encoded.
fn fits(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let Some((literal, rest)) = template.split_once('{') else { return (template == path).then(BTreeMap::new) };
    let (name, after) = rest.split_once('}').unwrap();
    let path = path.strip_prefix(literal)?;
    let end = path.find('/').unwrap_or(path.len());
    (1..=end).rev().find_map(|cut| {
        let mut values = fits(after, &path[cut..])?;
        values.insert(name.to_owned(), path[..cut].to_owned());
        Some(values)
    })
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (decode(name), value.to_owned())).collect()
}

fn parameters(
    document: &Value,
    item: &Value,
    operation: &Value,
    seen: &Seen,
    path: &BTreeMap<String, String>,
) -> Result<(), String> {
    let mut query = pairs(seen.target.split_once('?').map_or("", |(_, query)| query));
    let mut declared: Vec<&Value> = Vec::new();
    for list in [operation.get("parameters"), item.get("parameters")].into_iter().flatten() {
        for parameter in list.as_array().unwrap() {
            let parameter = resolve(document, parameter);
            if !declared.iter().any(|other| (&other["name"], &other["in"]) == (&parameter["name"], &parameter["in"])) {
                declared.push(parameter);
            }
        }
    }
    for parameter in declared {
        let name = parameter["name"].as_str().unwrap();
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let shape = shape(document, schema);
        let read = match parameter["in"].as_str().unwrap() {
            "path" => path.get(name).map(|text| simple(text, shape)),
            "header" => seen.header(name).map(|text| simple(text, shape)),
            "query" => form(parameter, name, shape, &mut query),
            "cookie" => {
                seen.header("cookie").and_then(|text| text.split_once('=')).map(|(_, text)| json!(decode(text)))
            }
            other => return Err(format!("{name} is in {other}")),
        };
        let read = read.ok_or_else(|| format!("`{name}` did not come"))?;
        validate(document, schema, &typed(document, schema, read)).map_err(|problem| format!("`{name}`: {problem}"))?;
    }
    match query.first() {
        Some((name, _)) => Err(format!("the document knows no `{name}`")),
        None => Ok(()),
    }
}

/// `array`, `object` or something single.
fn shape<'a>(document: &'a Value, schema: &'a Value) -> &'a str {
    resolve(document, schema).get("type").and_then(Value::as_str).unwrap_or("string")
}

fn simple(text: &str, shape: &str) -> Value {
    if shape == "array" { text.split(',').map(decode).collect() } else { json!(decode(text)) }
}

/// Takes what belongs to a parameter out of the query.
fn form(parameter: &Value, name: &str, shape: &str, query: &mut Vec<(String, String)>) -> Option<Value> {
    let style = parameter.get("style").and_then(Value::as_str).unwrap_or("form");
    let explode = parameter.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
    let prefix = format!("{name}[");
    if style == "deepObject" {
        let own = query.extract_if(.., |(key, _)| key.starts_with(&prefix));
        let members: Map<String, Value> =
            own.map(|(key, value)| (key[prefix.len()..key.len() - 1].to_owned(), json!(decode(&value)))).collect();
        return (!members.is_empty()).then_some(Value::Object(members));
    }
    let own: Vec<String> = query.extract_if(.., |(key, _)| key == name).map(|(_, value)| value).collect();
    let first = own.first()?;
    if shape != "array" {
        return (own.len() == 1).then(|| json!(decode(first)));
    }
    if explode {
        return Some(own.iter().map(|value| decode(value)).collect());
    }
    let separator = match style {
        "pipeDelimited" => "%7C",
        "spaceDelimited" => "%20",
        _ => ",",
    };
    (own.len() == 1).then(|| first.split(separator).map(decode).collect())
}

/// Text as the schema's type.
fn typed(document: &Value, schema: &Value, value: Value) -> Value {
    let schema = resolve(document, schema);
    match (value, schema.get("type").and_then(Value::as_str)) {
        (Value::String(text), Some("integer" | "number" | "boolean")) => {
            serde_json::from_str(&text).unwrap_or(json!(text))
        }
        // Objects within what is no JSON have no form of their own in OpenAPI: they come as JSON.
        (Value::String(text), Some("object")) => serde_json::from_str(&text).unwrap_or(json!(text)),
        (single, Some("array")) if !single.is_array() => typed(document, schema, json!([single])),
        (Value::Array(items), _) => {
            let of = schema.get("items").unwrap_or(&Value::Null);
            items.into_iter().map(|item| typed(document, of, item)).collect()
        }
        (Value::Object(members), _) => {
            let of = |name: &str| schema.pointer(&format!("/properties/{name}")).unwrap_or(&Value::Null);
            Value::Object(
                members.into_iter().map(|(name, value)| (name.clone(), typed(document, of(&name), value))).collect(),
            )
        }
        (value, _) => value,
    }
}

fn body(document: &Value, operation: &Value, seen: &Seen) -> Result<(), String> {
    let Some(declared) = operation.get("requestBody") else {
        return if seen.body.is_empty() { Ok(()) } else { Err("a body came".to_owned()) };
    };
    let media_type = seen.header("content-type").unwrap_or_default();
    let essence = media_type.split(';').next().unwrap();
    let content = resolve(document, declared)["content"].as_object().unwrap();
    let Some(content) = content.get(essence) else { return Err(format!("the document knows no body of {essence}")) };
    let schema = &content["schema"];
    let value = match essence {
        "application/x-www-form-urlencoded" => {
            let members = pairs(seen.text()).into_iter().map(|(name, value)| (name, json!(decode(&value))));
            typed(document, schema, Value::Object(members.collect()))
        }
        "multipart/form-data" => multipart(document, schema, media_type, seen.text())?,
        json if json.ends_with("json") => serde_json::from_slice(&seen.body).map_err(|error| error.to_string())?,
        _ => return if seen.body.is_empty() { Err("no body came".to_owned()) } else { Ok(()) },
    };
    validate(document, schema, &value)
}

fn multipart(document: &Value, schema: &Value, media_type: &str, text: &str) -> Result<Value, String> {
    let boundary = media_type.split_once("boundary=").ok_or("no boundary")?.1;
    let text = text.strip_suffix(&format!("--{boundary}--\r\n")).ok_or("the last boundary is missing")?;
    let mut members = Map::new();
    for part in text.split(&format!("--{boundary}\r\n")).skip(1) {
        let (head, content) = part.split_once("\r\n\r\n").ok_or("a part without a head")?;
        let name = head.split_once("; name=\"").ok_or("a part without a name")?.1.split('"').next().unwrap();
        let content = content.strip_suffix("\r\n").ok_or("a part without an end")?;
        let is_json = head.contains("application/json");
        let value =
            if is_json { serde_json::from_str(content).map_err(|error| error.to_string())? } else { json!(content) };
        members.insert(name.to_owned(), value);
    }
    Ok(typed(document, schema, Value::Object(members)))
}

/// Validates against the document's own schema, read as JSON Schema.
fn validate(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if schema.is_null() {
        return Ok(());
    }
    let mut whole = json!({"allOf": [schema]});
    if schema.to_string().contains("\"$ref\"") {
        whole["components"] = document["components"].clone();
    }
    as_json_schema(&mut whole);
    let validator = jsonschema::draft202012::new(&whole).map_err(|error| error.to_string())?;
    let problems: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).take(3).collect();
    if problems.is_empty() { Ok(()) } else { Err(format!("{} in {value}", problems.join(", "))) }
}

/// `nullable` and boolean bounds of OpenAPI 3.0; what is only read may not come.
fn as_json_schema(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("readOnly") == Some(&json!(true)) {
                *value = json!(false);
                return;
            }
            let hidden = |properties: &Map<String, Value>, name: &Value| {
                properties.get(name.as_str().unwrap_or_default()).is_some_and(|property| property["readOnly"] == true)
            };
            if let (Some(Value::Object(properties)), Some(Value::Array(required))) =
                (map.get("properties").cloned(), map.get_mut("required"))
            {
                required.retain(|name| !hidden(&properties, name));
            }
            if map.remove("nullable") == Some(json!(true)) {
                if let Some(Value::Array(values)) = map.get_mut("enum") {
                    values.push(Value::Null);
                }
                if let Some(kind @ Value::String(_)) = map.get("type").cloned() {
                    map.insert("type".to_owned(), json!([kind, "null"]));
                }
            }
            for key in ["exclusiveMinimum", "exclusiveMaximum"] {
                if map.get(key).is_some_and(Value::is_boolean) {
                    map.remove(key);
                }
            }
            map.remove("example");
            // Branches that only a discriminator tells apart.
            if let Some(branches) = map.remove("oneOf") {
                map.insert("anyOf".to_owned(), branches);
            }
            map.values_mut().for_each(as_json_schema);
        }
        Value::Array(items) => items.iter_mut().for_each(as_json_schema),
        _ => {}
    }
}
