//! Parameters, compiled.

use puente_sources::{Finding, finding::parse};
use serde_json::{Map, Value};

use super::{fatal, path::PathTemplate, place::is_transport};
use crate::settings::{ParameterSettings, Place, Style};

/// A parameter of an operation.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "OpenAPI describes parameters by these")]
pub(crate) struct Parameter {
    /// The argument that it is.
    pub(crate) argument: String,
    /// Where it goes.
    pub(crate) place: Place,
    /// Its name there.
    pub(crate) name: String,
    /// Whether a call without it is wrong.
    pub(crate) required: bool,
    /// What is sent if it is not given.
    pub(crate) default: Option<Value>,
    /// What is always sent.
    pub(crate) fixed: Option<Value>,
    /// Whether agents know nothing of it.
    pub(crate) hidden: bool,
    /// How lists and objects are written.
    pub(crate) style: Style,
    /// Whether items are written one by one.
    pub(crate) explode: bool,
    /// Whether reserved characters go as they are.
    pub(crate) allow_reserved: bool,
    /// The media type that it is written in, instead of a style.
    pub(crate) content_type: Option<String>,
    /// Whether it is a file.
    pub(crate) file: bool,
    /// Its schema.
    pub(crate) schema: Map<String, Value>,
}

impl Parameter {
    /// Compiles the entry of `parameters` at `location`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn compile(location: &str, argument: &str, value: &Value) -> Result<Self, Finding> {
        let settings = parse(location, value.clone())?;
        Self::checked(argument, settings).map_err(|problem| fatal(location, problem))
    }

    fn checked(argument: &str, settings: ParameterSettings) -> Result<Self, String> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if argument.is_empty() || argument.len() > 64 || !argument.chars().all(legal) {
            return Err(
                "an argument's name is at most 64 letters, digits, _, - and .; say the API's name as `name`".to_owned()
            );
        }
        let name = settings.name.clone().unwrap_or_else(|| argument.to_owned());
        let style = settings.style.unwrap_or(Style::usual(settings.place));
        check(&settings, &name, style)?;
        Ok(Self {
            argument: argument.to_owned(),
            place: settings.place,
            name,
            required: settings.required.unwrap_or(true) && settings.default.is_none() && !settings.hidden,
            hidden: settings.hidden || settings.fixed.is_some(),
            style,
            explode: settings.explode.unwrap_or(style == Style::Form || style == Style::DeepObject),
            allow_reserved: settings.allow_reserved,
            file: settings.file,
            schema: schema(&settings)?,
            default: settings.default,
            fixed: settings.fixed,
            content_type: settings.content_type,
        })
    }
}

fn check(settings: &ParameterSettings, name: &str, style: Style) -> Result<(), String> {
    if !style.fits(settings.place) {
        return Err(format!("the style {} does not exist there", style.as_str()));
    }
    if settings.schema.is_some() && settings.short_schema().is_some() {
        return Err("say either `schema` or `type` and the like".to_owned());
    }
    if settings.file && settings.place != Place::Body {
        return Err("`file` is for parameters in the body".to_owned());
    }
    let is_header = settings.place == Place::Header;
    if is_header && (name.parse::<http::HeaderName>().is_err() || is_transport(name)) {
        return Err(format!("`{name}` is no header that can be set"));
    }
    if is_header && name.eq_ignore_ascii_case("authorization") {
        return Err("credentials belong in the source's `auth`, not in an argument".to_owned());
    }
    if settings.place == Place::Path && settings.hidden && settings.fixed.is_none() && settings.default.is_none() {
        return Err("a path parameter that is hidden needs a `fixed` value".to_owned());
    }
    Ok(())
}

fn schema(settings: &ParameterSettings) -> Result<Map<String, Value>, String> {
    match &settings.schema {
        Some(Value::Object(schema)) => Ok(schema.clone()),
        Some(_) => Err("`schema` must be a JSON Schema, written as a mapping".to_owned()),
        None => Ok(settings.short_schema().unwrap_or_default()),
    }
    .map(|mut schema| {
        if let Some(description) = &settings.description {
            schema.insert("description".to_owned(), description.clone().into());
        }
        if let Some(default) = &settings.default {
            schema.insert("default".to_owned(), default.clone());
        }
        schema
    })
}

/// Parameters of the path that are not declared, and declared ones that are not in the path.
pub(super) fn mismatches(path: &PathTemplate, parameters: &[Parameter]) -> Vec<String> {
    let declared =
        |name: &str| parameters.iter().any(|parameter| parameter.place == Place::Path && parameter.name == name);
    let mut problems: Vec<String> =
        path.names().filter(|name| !declared(name)).map(|name| format!("`{{{name}}}` is no parameter")).collect();
    let unused = parameters
        .iter()
        .filter(|parameter| parameter.place == Place::Path && !path.names().any(|name| name == parameter.name));
    problems.extend(unused.map(|parameter| format!("the path has no `{{{}}}`", parameter.name)));
    problems
}
