//! Arguments for a tool, made from its schema: every property is there.

use serde_json::{Map, Value, json};

/// Keywords that say what a value looks like.
const SHAPES: [&str; 8] = ["$ref", "type", "properties", "enum", "const", "oneOf", "anyOf", "allOf"];

/// A value that fits `schema`, whose references are to `root`.
pub(crate) fn value(root: &Value, schema: &Value, depth: usize) -> Value {
    let Some(map) = schema.as_object() else { return json!("any") };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        let target =
            root.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return merged(value(root, target, depth + 1), map, root, depth);
    }
    for key in ["const", "default"] {
        if let Some(known) = map.get(key).filter(|known| !known.is_null()) {
            return known.clone();
        }
    }
    if let Some(first) = map.get("enum").and_then(|values| values.as_array()?.iter().find(|value| !value.is_null())) {
        return first.clone();
    }
    if let Some(branch) = ["oneOf", "anyOf"].iter().find_map(|key| map.get(*key)?.get(0)) {
        return merged(value(root, branch, depth + 1), map, root, depth);
    }
    if let Some(all) = map.get("allOf").and_then(Value::as_array) {
        // A part may say nothing but a description.
        let shaped = all.iter().filter(|part| SHAPES.iter().any(|key| part.get(key).is_some()));
        let parts = shaped.map(|part| value(root, part, depth + 1));
        let whole = parts.reduce(join).unwrap_or(Value::Null);
        return merged(whole, map, root, depth);
    }
    of_kind(root, map, depth)
}

/// What an object says beside its union or reference.
fn merged(base: Value, map: &Map<String, Value>, root: &Value, depth: usize) -> Value {
    if map.contains_key("properties") { join(base, object(root, map, depth)) } else { base }
}

fn join(whole: Value, part: Value) -> Value {
    match (whole, part) {
        (Value::Object(mut whole), Value::Object(part)) => {
            whole.extend(part);
            Value::Object(whole)
        }
        (Value::Object(whole), _) => Value::Object(whole),
        (_, part) => part,
    }
}

fn of_kind(root: &Value, map: &Map<String, Value>, depth: usize) -> Value {
    let kind = match map.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str),
        kind => kind.and_then(Value::as_str),
    };
    match kind {
        Some("integer") => map.get("minimum").cloned().unwrap_or_else(|| json!(7)),
        Some("number") => map.get("minimum").cloned().unwrap_or_else(|| json!(1.5)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        Some("array") if depth > 12 && !map.contains_key("minItems") => json!([]),
        Some("array") => {
            let item = || map.get("items").map_or_else(|| json!("x"), |items| value(root, items, depth + 1));
            let least = map.get("minItems").and_then(Value::as_u64).unwrap_or(1).max(1);
            (0..least).map(|_| item()).collect()
        }
        Some("object") => object(root, map, depth),
        None if map.contains_key("properties") => object(root, map, depth),
        Some("string") | None => json!(text(map)),
        Some(other) => panic!("a {other}"),
    }
}

fn object(root: &Value, map: &Map<String, Value>, depth: usize) -> Value {
    let required =
        |name: &str| map.get("required").and_then(Value::as_array).is_some_and(|all| all.contains(&json!(name)));
    let mut object = Map::new();
    let properties = map.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        // A file is given in one way, and recursive things end.
        if name == "base64" && map.contains_key("oneOf") || depth > 12 && !required(name) {
            continue;
        }
        let value =
            if name == "content_type" { json!("application/octet-stream") } else { value(root, schema, depth + 1) };
        object.insert(name.clone(), value);
    }
    // What is required but not described.
    for name in map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        object.entry(name).or_insert_with(|| json!("any"));
    }
    if properties.is_none()
        && let Some(more) = map.get("additionalProperties").filter(|more| more.is_object())
    {
        object.insert("key".to_owned(), value(root, more, depth + 1));
    }
    Value::Object(object)
}

fn text(map: &Map<String, Value>) -> String {
    if let Some(example) = map.get("examples").and_then(|examples| examples.get(0)).and_then(Value::as_str) {
        return example.to_owned();
    }
    let text = match map.get("format").and_then(Value::as_str) {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T10:00:00Z",
        Some("uuid") => "0190d7f2-0000-7000-8000-000000000000",
        Some("uri" | "url") => "https://example.com/a?b=c",
        Some("email") => "ana@example.com",
        _ => "a b/c&d",
    };
    let least = map.get("minLength").and_then(Value::as_u64).unwrap_or(0);
    let mut text = text.to_owned();
    while (text.len() as u64) < least {
        text.push('x');
    }
    text
}
