//! Bodies, compiled.

use serde_json::{Map, Value};

use super::parameter::Parameter;
use crate::settings::{BodySettings, Place};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// JSON of any flavour.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// As it is given: text, XML.
    Text,
    /// The bytes of a file.
    File,
}

/// The body of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// As it is sent; multipart bodies add their boundary.
    pub(crate) media_type: String,
    /// How it is written.
    pub(crate) kind: BodyKind,
    /// The argument that is all of it.
    pub(crate) argument: Option<String>,
    /// Whether that argument must be given.
    pub(crate) required: bool,
    /// The schema of that argument.
    pub(crate) schema: Map<String, Value>,
    /// What is always sent.
    pub(crate) fixed: Option<Value>,
}

impl Body {
    /// Compiles `body` with the parameters that are in it; `None` if there is no body.
    ///
    /// # Errors
    /// What is wrong, with the field below the tool.
    pub(super) fn compile(
        settings: Option<&BodySettings>,
        parameters: &[Parameter],
    ) -> Result<Option<Self>, (&'static str, String)> {
        let has_fields = parameters.iter().any(|parameter| parameter.place == Place::Body);
        let Some(settings) = settings else {
            return Ok(has_fields.then(Self::json_of_fields));
        };
        let kind = kind(settings);
        let whole = settings.argument.is_some() || settings.schema.is_some() || settings.file;
        if whole && has_fields {
            return Err(("body", "is one argument or has fields in `parameters`, not both".to_owned()));
        }
        if has_fields && matches!(kind, BodyKind::Text | BodyKind::File) {
            return Err(("body.type", format!("a body of {} has no fields", settings.media_type)));
        }
        if settings.media_type.parse::<http::HeaderValue>().is_err() || !settings.media_type.contains('/') {
            return Err(("body.type", "must be a media type like application/json".to_owned()));
        }
        let argument = whole.then(|| settings.argument.clone().unwrap_or_else(|| "body".to_owned()));
        if !whole && !has_fields && settings.fixed.is_none() {
            return Err((
                "body",
                "says nothing: give it a `schema`, a `fixed` value, or parameters `in: body`".to_owned(),
            ));
        }
        Ok(Some(Self {
            media_type: settings.media_type.clone(),
            kind,
            argument,
            required: settings.required,
            schema: schema(settings)?,
            fixed: settings.fixed.clone(),
        }))
    }

    fn json_of_fields() -> Self {
        Self {
            media_type: "application/json".to_owned(),
            kind: BodyKind::Json,
            argument: None,
            required: true,
            schema: Map::new(),
            fixed: None,
        }
    }
}

fn kind(settings: &BodySettings) -> BodyKind {
    let essence = settings.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        _ if settings.file => BodyKind::File,
        "application/x-www-form-urlencoded" => BodyKind::Form,
        "multipart/form-data" => BodyKind::Multipart,
        json if json == "application/json" || json.ends_with("+json") => BodyKind::Json,
        text if text.starts_with("text/") || text.ends_with("xml") => BodyKind::Text,
        _ => BodyKind::File,
    }
}

fn schema(settings: &BodySettings) -> Result<Map<String, Value>, (&'static str, String)> {
    let mut schema = match &settings.schema {
        Some(Value::Object(schema)) => schema.clone(),
        Some(_) => return Err(("body.schema", "must be a JSON Schema, written as a mapping".to_owned())),
        None => Map::new(),
    };
    if let Some(description) = &settings.description {
        schema.insert("description".to_owned(), description.clone().into());
    }
    Ok(schema)
}
