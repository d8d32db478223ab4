//! Headers that mirror the body (2026-07-28, Streamable HTTP, "Request Metadata"): both must say the same.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use rmcp::model::{ErrorCode, ErrorData};

use super::Meta;
use crate::{
    McpError,
    envelope::Request,
    era::{Era, Revision},
    error::UNSUPPORTED_VERSION,
};

/// The header that names the revision.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const PARAM_PREFIX: &str = "mcp-param-";

/// Checks the headers of a request against its body.
pub(crate) fn check(headers: &HeaderMap, request: &Request<'_>, meta: &Meta) -> Result<(), McpError> {
    let version = required(headers, &VERSION)?;
    same(&VERSION, &version, &meta.version)?;
    check_version(&version)?;
    same(&METHOD, &required(headers, &METHOD)?, &request.method)?;
    let Some(member) = mirrored_name(&request.method) else { return Ok(()) };
    let name = decode(&NAME, &required(headers, &NAME)?)?;
    match request.params.text(member)? {
        Some(body) => same(&NAME, &name, &body),
        None => Err(McpError::header_mismatch(format!("{NAME} is `{name}`, but the body has no `{member}`"))),
    }
}

/// The member of `params` that `Mcp-Name` repeats.
pub(crate) fn mirrored_name(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        "tasks/get" | "tasks/update" | "tasks/cancel" => Some("taskId"),
        _ => None,
    }
}

/// Refuses a revision that is not served without a session.
pub(crate) fn check_version(version: &str) -> Result<(), McpError> {
    if Revision::parse(version).is_some_and(|revision| revision.era() == Era::Modern) {
        return Ok(());
    }
    Err(unsupported_version(version))
}

/// The error that names what is supported.
pub(crate) fn unsupported_version(version: &str) -> McpError {
    let supported: Vec<&str> = Revision::ALL.iter().rev().map(|revision| revision.as_str()).collect();
    let data = serde_json::json!({ "supported": supported, "requested": version });
    let message = "this protocol version is not supported here";
    McpError::Raw(ErrorData::new(ErrorCode(UNSUPPORTED_VERSION), message, Some(data)))
}

/// The `Mcp-Param-*` headers: names without their prefix in lower case, values decoded.
pub(crate) fn params(headers: &HeaderMap) -> Result<Vec<(String, String)>, McpError> {
    let mut params = Vec::new();
    for (name, value) in headers {
        if let Some(param) = name.as_str().strip_prefix(PARAM_PREFIX) {
            params.push((param.to_owned(), decode(name, text(name, value)?)?));
        }
    }
    Ok(params)
}

fn required(headers: &HeaderMap, name: &HeaderName) -> Result<String, McpError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(text(name, value)?.to_owned()),
        (None, _) => Err(McpError::header_mismatch(format!("the header {name} is missing"))),
        (Some(_), Some(_)) => Err(McpError::header_mismatch(format!("the header {name} was given more than once"))),
    }
}

fn text<'a>(name: &HeaderName, value: &'a HeaderValue) -> Result<&'a str, McpError> {
    value
        .to_str()
        .map_err(|_| McpError::header_mismatch(format!("the header {name} has characters outside of visible ASCII")))
}

/// Decodes `=?base64?…?=`.
fn decode(name: &HeaderName, value: &str) -> Result<String, McpError> {
    let Some(encoded) = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) else {
        return Ok(value.to_owned());
    };
    let bytes = BASE64_STANDARD.decode(encoded).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| McpError::header_mismatch(format!("the header {name} is no Base64 of UTF-8 text")))
}

fn same(name: &HeaderName, header: &str, body: &str) -> Result<(), McpError> {
    if header == body {
        return Ok(());
    }
    Err(McpError::header_mismatch(format!("the header {name} says `{header}`, but the body says `{body}`")))
}
