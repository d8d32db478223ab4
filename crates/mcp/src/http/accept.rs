//! Content negotiation.

use http::{HeaderMap, HeaderName, StatusCode, header};

use super::answer::Answer;

/// What a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepts {
    pub(super) json: bool,
    pub(super) sse: bool,
}

/// Reads `Accept`. It should list both types; a client that says nothing takes both, one that lists only JSON gets no
/// streams.
pub(super) fn accepts(headers: &HeaderMap) -> Accepts {
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Accepts { json: true, sse: true };
    }
    let mut accepts = Accepts { json: false, sse: false };
    for range in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        match media_type(range) {
            "*/*" => accepts = Accepts { json: true, sse: true },
            "application/json" | "application/*" => accepts.json = true,
            "text/event-stream" | "text/*" => accepts.sse = true,
            _ => {}
        }
    }
    accepts
}

/// Checks that a POST carries JSON and takes it back.
pub(super) fn check(headers: &HeaderMap) -> Result<Accepts, Answer> {
    let content_type = value(headers, &header::CONTENT_TYPE).map(media_type);
    if !content_type.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        let message = "Content-Type must be application/json";
        return Err(Answer::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, -32600, message));
    }
    let accepts = accepts(headers);
    if accepts.json {
        return Ok(accepts);
    }
    let message = "Accept must list application/json and text/event-stream";
    Err(Answer::refused(StatusCode::NOT_ACCEPTABLE, None, -32600, message))
}

/// A header as text; `None` if absent or no visible ASCII.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}
