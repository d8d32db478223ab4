//! A good answer: JSON as structure and text, pictures and sound as such, files as links.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::header::CONTENT_DISPOSITION;
use puente_mcp::ToolResult;
use puente_sources::{ATTACHMENT, SourceError};
use rmcp::model::{ContentBlock, ResourceContents};
use serde_json::{Value, value::RawValue};

use super::{Answer, Pick};

pub(super) fn of(answer: &Answer, pick: Option<&Pick>) -> Result<ToolResult, SourceError> {
    if answer.body.is_empty() {
        return Ok(ToolResult::text(nothing(answer)));
    }
    let media_type = answer.media_type();
    if answer.is_json() {
        return json(answer, pick);
    }
    let (kind, _) = media_type.split_once('/').unwrap_or_default();
    let text = || std::str::from_utf8(&answer.body).ok();
    match kind {
        "image" if media_type != "image/svg+xml" => {
            Ok(block(ContentBlock::image(STANDARD.encode(&answer.body), media_type)))
        }
        "audio" => Ok(block(ContentBlock::audio(STANDARD.encode(&answer.body), media_type))),
        _ if is_text(&media_type) => Ok(ToolResult::text(String::from_utf8_lossy(&answer.body))),
        "" if text().is_some() => Ok(ToolResult::text(text().unwrap_or_default())),
        _ => Ok(block(file(answer, media_type))),
    }
}

fn block(block: ContentBlock) -> ToolResult {
    ToolResult { content: vec![block], ..ToolResult::default() }
}

fn json(answer: &Answer, pick: Option<&Pick>) -> Result<ToolResult, SourceError> {
    let broken = |error: &dyn std::error::Error| SourceError::Failed {
        message: "the API sent something that it calls JSON, but is none".to_owned(),
        cause: Some(error.to_string().into()),
    };
    let text = match pick {
        None => String::from_utf8(answer.body.to_vec()).map_err(|error| broken(&error))?,
        Some(pick) => {
            let value: Value = serde_json::from_slice(&answer.body).map_err(|error| broken(&error))?;
            pick.apply(&value).to_string()
        }
    };
    let raw = RawValue::from_string(text.trim_start_matches('\u{feff}').to_owned()).map_err(|error| broken(&error))?;
    Ok(ToolResult::structured(raw))
}

fn is_text(media_type: &str) -> bool {
    const TEXTS: [&str; 7] = [
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "application/javascript",
        "application/x-ndjson",
        "application/sql",
        "application/x-www-form-urlencoded",
    ];
    media_type.starts_with("text/")
        || media_type.ends_with("+xml")
        || media_type.ends_with("+yaml")
        || TEXTS.contains(&media_type)
}

/// A file travels within the result as far as the gateway, which stores it and puts a link in its place.
fn file(answer: &Answer, media_type: String) -> ContentBlock {
    let name = disposition(answer).unwrap_or_else(|| answer.file_name.clone());
    let media_type = if media_type.is_empty() { "application/octet-stream".to_owned() } else { media_type };
    ContentBlock::resource(ResourceContents::BlobResourceContents {
        uri: format!("{ATTACHMENT}{}", if name.is_empty() { "file" } else { &name }),
        mime_type: Some(media_type),
        blob: STANDARD.encode(&answer.body),
        meta: None,
    })
}

/// `Content-Disposition: attachment; filename="report.pdf"` (RFC 6266), without any folder.
fn disposition(answer: &Answer) -> Option<String> {
    let value = answer.headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let parameters = || value.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let extended = parameters().find(|(key, _)| key.eq_ignore_ascii_case("filename*")).and_then(|(_, value)| {
        let encoded = value.rsplit('\'').next()?;
        percent_encoding::percent_decode_str(encoded).decode_utf8().ok().map(Into::into)
    });
    let plain = || {
        parameters()
            .find(|(key, _)| key.eq_ignore_ascii_case("filename"))
            .map(|(_, value)| value.trim_matches('"').to_owned())
    };
    let name: String = extended.or_else(plain)?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    (!name.is_empty() && !name.chars().any(char::is_control)).then(|| name.to_owned())
}

/// What an agent reads where there is nothing: that it worked and, if the API says so, where the new thing is.
fn nothing(answer: &Answer) -> String {
    let status = answer.status;
    let mut text = format!("The API answered {} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    if let Some(location) = answer.location() {
        let _ = write!(text, ", location {location}");
    }
    text.push('.');
    text
}
