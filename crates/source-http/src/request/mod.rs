//! From arguments to a request: each parameter where it goes, as its style says.

mod body;
mod file;
mod form;
mod multipart;
mod style;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE, COOKIE},
};
use serde_json::{Map, Value};

use crate::{
    plan::{Parameter, Piece, Tool},
    settings::Place,
};

pub(crate) use style::encode;

/// A request without credentials.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) method: Method,
    /// `https://api.example.com`.
    pub(crate) origin: String,
    /// `/v1/orders/5?expand=lines`.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Builds the request of a call.
///
/// # Errors
/// For the agent: which argument is wrong.
pub(crate) fn prepare(tool: &Tool, arguments: &Map<String, Value>) -> Result<Prepared, String> {
    let value = |parameter: &Parameter| value(parameter, arguments);
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, header("Accept", &tool.accept)?);
    for parameter in in_place(tool, Place::Header) {
        let Some(value) = value(parameter) else { continue };
        let name: http::HeaderName =
            parameter.name.parse().map_err(|_| format!("`{}` is no header", parameter.name))?;
        headers.insert(name, header(&parameter.argument, &style::header(parameter, &value))?);
    }
    let cookies: Vec<String> = in_place(tool, Place::Cookie)
        .filter_map(|parameter| Some(style::query(parameter, &value(parameter)?).join("; ")))
        .collect();
    if !cookies.is_empty() {
        headers.insert(COOKIE, header("Cookie", &cookies.join("; "))?);
    }
    let (content_type, body) = body::write(tool, arguments)?.unzip();
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, header("Content-Type", &content_type)?);
    }
    Ok(Prepared {
        method: tool.method.clone(),
        origin: tool.base.origin.clone(),
        target: target(tool, arguments)?,
        headers,
        body: body.unwrap_or_default(),
    })
}

fn in_place(tool: &Tool, place: Place) -> impl Iterator<Item = &Parameter> {
    tool.parameters.iter().filter(move |parameter| parameter.place == place)
}

/// What is sent for a parameter: what is fixed, what is given, what is the default; nothing for `null`.
fn value(parameter: &Parameter, arguments: &Map<String, Value>) -> Option<Value> {
    let given = || arguments.get(&parameter.argument).filter(|_| !parameter.hidden);
    let value = parameter.fixed.as_ref().or_else(given).or(parameter.default.as_ref());
    value.filter(|value| !value.is_null() || parameter.place == Place::Body).cloned()
}

fn target(tool: &Tool, arguments: &Map<String, Value>) -> Result<String, String> {
    let mut target = tool.base.path.clone();
    for piece in &tool.path.pieces {
        match piece {
            Piece::Literal(text) => target.push_str(text),
            Piece::Parameter(name) => {
                let parameter = in_place(tool, Place::Path).find(|parameter| parameter.name == *name);
                let parameter = parameter.ok_or_else(|| format!("`{name}` is unknown"))?;
                let value =
                    value(parameter, arguments).ok_or_else(|| format!("`{}` is missing", parameter.argument))?;
                target.push_str(&style::path(parameter, &value)?);
            }
        }
    }
    if target.split('/').any(has_dots) {
        return Err("a path parameter may not be `.` or `..`, nor hold one between slashes".to_owned());
    }
    if target.is_empty() {
        target.push('/');
    }
    let mut query: Vec<String> = tool.path.query.iter().cloned().collect();
    for parameter in in_place(tool, Place::Query) {
        if let Some(value) = value(parameter, arguments) {
            query.extend(style::query(parameter, &value));
        }
    }
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query.join("&"));
    }
    Ok(target)
}

/// Servers take `..` out of paths, however it is written: the request would be another one.
/// Some read an encoded slash, or a backslash, as one.
fn has_dots(segment: &str) -> bool {
    let plain = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    plain.split(['/', '\\']).any(|part| matches!(part, "." | ".."))
}

fn header(what: &str, text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(text).map_err(|_| format!("`{what}` holds characters that headers cannot have"))
}
