//! From an answer to what the agent gets.

mod content;
mod failure;
mod pick;

use bytes::Bytes;
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use puente_mcp::ToolResult;
use puente_sources::SourceError;

use crate::auth::Shown;

pub(crate) use failure::describe;
pub(crate) use pick::Pick;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The last part of the path that was asked for, as the name of what came.
    pub(crate) file_name: String,
    /// The credentials that went out for it.
    pub(crate) shown: Shown,
}

impl Answer {
    /// The media type in lower case without parameters; empty if the answer says nothing.
    pub(crate) fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Where the API says that something is, for an agent to read.
    pub(crate) fn location(&self) -> Option<String> {
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        Some(self.shown.conceal(location))
    }

    /// Whether it is JSON of any flavour.
    pub(crate) fn is_json(&self) -> bool {
        let media_type = self.media_type();
        media_type == "application/json" || media_type == "text/json" || media_type.ends_with("+json")
    }
}

/// Makes the result of a call. `source` is the source's name.
///
/// # Errors
/// The API says that it is not there (502, 503, 504), or sends what it does not say.
pub(crate) fn result(source: &str, answer: &Answer, pick: Option<&Pick>) -> Result<ToolResult, SourceError> {
    let status = answer.status;
    if status.is_success() {
        return content::of(answer, pick);
    }
    let message = describe(answer);
    if matches!(status.as_u16(), 502..=504) {
        return Err(SourceError::Unavailable { name: source.to_owned(), message, cause: None });
    }
    Ok(ToolResult::error(message))
}
