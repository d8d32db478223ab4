//! `multipart/form-data` (RFC 7578).

use serde_json::Value;

use super::{file::File, form::Field, style::plain};

/// Writes the fields between `boundary`s.
pub(super) fn write(fields: &[Field<'_>], boundary: &str) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    for field in fields.iter().filter(|field| !field.value.is_null()) {
        let explodes = field.parameter.is_none_or(|parameter| parameter.file || parameter.content_type.is_none());
        match &field.value {
            Value::Array(items) if explodes => {
                for item in items {
                    part(&mut body, field, item, boundary)?;
                }
            }
            single => part(&mut body, field, single, boundary)?,
        }
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok(body)
}

fn part(body: &mut Vec<u8>, field: &Field<'_>, value: &Value, boundary: &str) -> Result<(), String> {
    let name = quoted(field.name);
    let declared = field.parameter.and_then(|parameter| parameter.content_type.as_deref());
    let (head, content) = if field.parameter.is_some_and(|parameter| parameter.file) {
        let file = File::read(field.name, value)?;
        let media_type = file.content_type.as_deref().or(declared).unwrap_or("application/octet-stream");
        let media_type = header_safe(media_type)?;
        let head = format!("name=\"{name}\"; filename=\"{}\"\r\nContent-Type: {media_type}", quoted(&file.name));
        (head, file.content)
    } else {
        let is_json =
            value.is_object() || value.is_array() || declared.is_some_and(|declared| declared.contains("json"));
        let media_type = declared.or(is_json.then_some("application/json")).map(header_safe).transpose()?;
        let head = match media_type {
            Some(media_type) => format!("name=\"{name}\"\r\nContent-Type: {media_type}"),
            None => format!("name=\"{name}\""),
        };
        (head, if is_json { value.to_string() } else { plain(value) }.into_bytes())
    };
    body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
    body.extend_from_slice(&content);
    body.extend_from_slice(b"\r\n");
    Ok(())
}

/// As browsers do it (WHATWG, "multipart/form-data").
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn header_safe(media_type: &str) -> Result<&str, String> {
    let safe = !media_type.contains(|c: char| c.is_control());
    safe.then_some(media_type).ok_or_else(|| "`content_type` holds control characters".to_owned())
}
