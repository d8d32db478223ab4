//! `application/x-www-form-urlencoded`.

use serde_json::{Map, Value};

use super::style;
use crate::{
    plan::Parameter,
    settings::{Place, Style},
};

/// A field with how it is written, if that is said.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: Value,
    pub(super) parameter: Option<&'a Parameter>,
}

/// Writes the fields.
pub(super) fn write(fields: &[Field<'_>]) -> String {
    let mut pairs = Vec::new();
    for field in fields.iter().filter(|field| !field.value.is_null()) {
        match field.parameter {
            Some(parameter) => pairs.extend(style::query(parameter, &field.value)),
            None => pairs.extend(style::query(&usual(field.name), &structured(&field.value))),
        }
    }
    pairs.join("&")
}

/// Fields within fields have no form of their own: they are JSON.
fn structured(value: &Value) -> Value {
    match value {
        Value::Object(_) => Value::from(value.to_string()),
        other => other.clone(),
    }
}

fn usual(name: &str) -> Parameter {
    Parameter {
        argument: name.to_owned(),
        place: Place::Body,
        name: name.to_owned(),
        required: false,
        default: None,
        fixed: None,
        hidden: false,
        style: Style::Form,
        explode: true,
        allow_reserved: false,
        content_type: None,
        file: false,
        schema: Map::new(),
    }
}
