//! The body of a request.

use std::fmt::Write;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    file::File,
    form::{self, Field},
    in_place, multipart,
    style::plain,
    value,
};
use crate::{
    plan::{Body, BodyKind, Tool},
    settings::Place,
};

/// Media type and content; `None` if the call has no body.
pub(super) fn write(tool: &Tool, arguments: &Map<String, Value>) -> Result<Option<(String, Bytes)>, String> {
    let Some(body) = &tool.body else { return Ok(None) };
    if let Some(argument) = &body.argument {
        return match arguments.get(argument).or(body.fixed.as_ref()) {
            Some(whole) => self::whole(body, argument, whole).map(Some),
            None if body.required => Err(format!("`{argument}` is missing")),
            None => Ok(None),
        };
    }
    let mut fields: Vec<Field<'_>> = Vec::new();
    if let Some(Value::Object(fixed)) = &body.fixed {
        fields.extend(fixed.iter().map(|(name, value)| Field { name, value: value.clone(), parameter: None }));
    }
    for parameter in in_place(tool, Place::Body) {
        if let Some(value) = value(parameter, arguments) {
            fields.push(Field { name: &parameter.name, value, parameter: Some(parameter) });
        }
    }
    match (&body.fixed, fields.is_empty()) {
        (Some(fixed), true) => whole(body, "body", fixed).map(Some),
        _ => of_fields(body, fields).map(Some),
    }
}

fn of_fields(body: &Body, fields: Vec<Field<'_>>) -> Result<(String, Bytes), String> {
    match body.kind {
        BodyKind::Form => Ok((body.media_type.clone(), form::write(&fields).into())),
        BodyKind::Multipart => {
            let boundary = boundary();
            let content = multipart::write(&fields, &boundary)?;
            Ok((format!("{}; boundary={boundary}", body.media_type), content.into()))
        }
        BodyKind::Json | BodyKind::Text | BodyKind::File => {
            let object: Map<String, Value> =
                fields.into_iter().map(|field| (field.name.to_owned(), field.value)).collect();
            Ok((body.media_type.clone(), Value::Object(object).to_string().into()))
        }
    }
}

fn whole(body: &Body, argument: &str, value: &Value) -> Result<(String, Bytes), String> {
    match body.kind {
        BodyKind::Json => Ok((body.media_type.clone(), value.to_string().into())),
        BodyKind::Text => Ok((body.media_type.clone(), plain(value).into())),
        BodyKind::File => {
            let file = File::read(argument, value)?;
            Ok((file.content_type.unwrap_or_else(|| body.media_type.clone()), file.content.into()))
        }
        BodyKind::Form | BodyKind::Multipart => {
            let object = value.as_object().ok_or_else(|| format!("`{argument}` must be an object"))?;
            let fields = object.iter().map(|(name, value)| Field { name, value: value.clone(), parameter: None });
            of_fields(body, fields.collect())
        }
    }
}

/// 144 random bits: no content has them.
fn boundary() -> String {
    let mut boundary = String::from("puente-");
    for byte in rand::random::<[u8; 18]>() {
        let _ = write!(boundary, "{byte:02x}");
    }
    boundary
}
