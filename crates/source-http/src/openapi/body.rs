//! The body of an operation: as single arguments where it is an object, else as one.

use serde_json::{Map, Value, json};

use super::{
    documents::{Documents, Node},
    flat::{Field, fields},
    names::Arguments,
    schema::Schemas,
};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// What a tool says of its body.
pub(super) struct Body {
    /// Parameters in it.
    pub(super) fields: Map<String, Value>,
    /// `body:`; empty for a JSON body of fields.
    pub(super) settings: Map<String, Value>,
}

/// Whether a media type is JSON of any flavour.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence.ends_with("+json")
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Reads `requestBody`.
///
/// # Errors
/// A reference leads nowhere.
pub(super) fn read<'a>(
    documents: &'a Documents,
    operation: Node<'a>,
    schemas: &mut Schemas<'a>,
    arguments: &mut Arguments,
) -> Result<Option<Body>, String> {
    let Some(body) = operation.get("requestBody") else { return Ok(None) };
    let body = documents.resolve(body)?;
    let Some((media_type, content)) = body.get("content").and_then(choose) else { return Ok(None) };
    let required = body.flag("required");
    let schema = content.get("schema").filter(|schema| schema.value.is_object());
    let described = body.text("description").map(str::trim).filter(|text| !text.is_empty());
    let takes_fields = is_json(media_type) || matches!(essence(media_type), FORM | MULTIPART);
    if let Some(found) = schema.filter(|_| takes_fields).and_then(|schema| fields(schemas, schema)) {
        // An object that may be left out, but not without its fields, can only be one argument.
        let whole = !required && found.iter().any(|field| field.required);
        if !whole && !found.iter().any(|field| arguments.is_taken(field.name)) {
            return Ok(Some(flat(media_type, content, &found, schemas, arguments)));
        }
    }
    let mut settings = Map::new();
    settings.insert("type".to_owned(), media_type.into());
    settings.insert("argument".to_owned(), arguments.give("body").into());
    settings.insert("required".to_owned(), required.into());
    settings.extend(described.map(|text| ("description".to_owned(), text.into())));
    let is_text = essence(media_type).starts_with("text/") || media_type.ends_with("xml");
    if !takes_fields && !is_text {
        settings.insert("file".to_owned(), true.into());
    } else if let Some(schema) = schema.filter(|_| takes_fields) {
        settings.insert("schema".to_owned(), schemas.convert(schema));
    }
    Ok(Some(Body { fields: Map::new(), settings }))
}

/// JSON if there is, then forms, then what comes first.
fn choose(content: Node<'_>) -> Option<(&str, Node<'_>)> {
    let all = content.value.as_object()?;
    let first = |wanted: &dyn Fn(&str) -> bool| all.iter().find(|(media_type, _)| wanted(media_type));
    let (media_type, value) = first(&|media_type| essence(media_type) == "application/json")
        .or_else(|| first(&is_json))
        .or_else(|| first(&|media_type| essence(media_type) == FORM))
        .or_else(|| first(&|media_type| essence(media_type) == MULTIPART))
        .or_else(|| all.iter().next())?;
    let media_type = match media_type.as_str() {
        any if any.contains('*') => "application/octet-stream",
        exact => exact,
    };
    Some((media_type, Node { value, ..content }))
}

fn flat<'a>(
    media_type: &str,
    content: Node<'a>,
    found: &[Field<'a>],
    schemas: &mut Schemas<'a>,
    arguments: &mut Arguments,
) -> Body {
    let mut fields = Map::new();
    for field in found {
        let argument = arguments.give(field.name);
        let encoding = content.get("encoding").and_then(|encoding| encoding.get(field.name));
        let settings = one(media_type, field, &argument, encoding, schemas);
        fields.insert(argument, Value::Object(settings));
    }
    let mut settings = Map::new();
    if media_type != "application/json" {
        settings.insert("type".to_owned(), media_type.into());
    }
    Body { fields, settings }
}

fn one<'a>(
    media_type: &str,
    field: &Field<'a>,
    argument: &str,
    encoding: Option<Node<'a>>,
    schemas: &mut Schemas<'a>,
) -> Map<String, Value> {
    let mut settings = Map::new();
    settings.insert("in".to_owned(), "body".into());
    if argument != field.name {
        settings.insert("name".to_owned(), field.name.into());
    }
    if !field.required {
        settings.insert("required".to_owned(), false.into());
    }
    let mut schema = schemas.convert(field.schema);
    if essence(media_type) == MULTIPART && is_file(schemas.documents, field.schema) {
        settings.insert("file".to_owned(), true.into());
        // What is left of the schema: that it is a list, and what it means.
        if let Value::Object(schema) = &mut schema {
            schema.retain(|key, value| key == "description" || (key == "type" && value == "array"));
        }
    }
    if let Some(encoding) = encoding {
        encoded(media_type, encoding, &mut settings);
    }
    settings.insert("schema".to_owned(), schema);
    settings
}

/// The parts of an `encoding` that change what is sent.
fn encoded(media_type: &str, encoding: Node<'_>, settings: &mut Map<String, Value>) {
    let single = encoding.text("contentType").filter(|text| !text.contains([',', '*']));
    if essence(media_type) == MULTIPART {
        settings.extend(single.map(|text| ("content_type".to_owned(), text.into())));
        return;
    }
    if let Some(style) = encoding.text("style").filter(|style| *style != "form") {
        settings.insert("style".to_owned(), style.into());
    }
    if let Some(explode) = encoding.value.get("explode").and_then(Value::as_bool) {
        settings.insert("explode".to_owned(), explode.into());
    }
    if encoding.flag("allowReserved") {
        settings.insert("allow_reserved".to_owned(), true.into());
    }
}

/// `format: binary` (3.0), or a media type without an encoding (3.1); of the value or of its items.
fn is_file(documents: &Documents, schema: Node<'_>) -> bool {
    let Ok(schema) = documents.resolve(schema) else { return false };
    if let Some(items) = schema.get("items").filter(|_| schema.value.get("type") == Some(&json!("array"))) {
        return is_file(documents, items);
    }
    let by_media_type = schema.text("contentMediaType").is_some() && schema.text("contentEncoding").is_none();
    schema.text("format") == Some("binary") || by_media_type
}
