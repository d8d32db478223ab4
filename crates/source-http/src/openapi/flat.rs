//! Objects that can be told as single arguments.

use serde_json::Value;

use super::{documents::Node, schema::Schemas};

/// What objects may say beside their fields without meaning more than these.
const HARMLESS: [&str; 14] = [
    "type",
    "properties",
    "required",
    "allOf",
    "title",
    "description",
    "example",
    "examples",
    "nullable",
    "xml",
    "externalDocs",
    "additionalProperties",
    "deprecated",
    "minProperties",
];

/// A field of an object.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) schema: Node<'a>,
    pub(super) required: bool,
}

/// The fields of an object whose schema says no more than them; `None` if it does.
pub(super) fn fields<'a>(schemas: &Schemas<'a>, schema: Node<'a>) -> Option<Vec<Field<'a>>> {
    let mut fields = Vec::new();
    let mut required = Vec::new();
    collect(schemas, schema, &mut fields, &mut required, 0)?;
    // What is required but not described needs the whole object.
    if required.iter().any(|name| !fields.iter().any(|field| field.name == *name)) {
        return None;
    }
    fields.retain(|field| schemas.travels(field.schema));
    for field in &mut fields {
        field.required = required.contains(&field.name);
    }
    (!fields.is_empty()).then_some(fields)
}

fn collect<'a>(
    schemas: &Schemas<'a>,
    schema: Node<'a>,
    fields: &mut Vec<Field<'a>>,
    required: &mut Vec<&'a str>,
    depth: usize,
) -> Option<()> {
    let schema = schemas.documents.resolve(schema).ok()?;
    let map = schema.value.as_object()?;
    let known = |key: &String| HARMLESS.contains(&key.as_str()) || key.starts_with("x-");
    let open = map.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
    let other = map.get("type").is_some_and(|kind| kind != "object");
    if depth > 8 || open || other || !map.keys().all(known) {
        return None;
    }
    if let Some(all) = schema.get("allOf") {
        for value in all.value.as_array()? {
            collect(schemas, Node { value, ..all }, fields, required, depth + 1)?;
        }
    }
    if let Some(properties) = schema.get("properties") {
        for (name, value) in properties.value.as_object()? {
            // The later one is the more exact one.
            fields.retain(|field| field.name != name);
            fields.push(Field { name, schema: Node { value, ..properties }, required: false });
        }
    }
    required
        .extend(schema.value.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str));
    Some(())
}
