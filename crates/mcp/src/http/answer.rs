//! An answer before it is an HTTP response: it may still become the last event of a stream.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use rmcp::model::{ErrorCode, ErrorData};

use crate::{
    Era, McpError,
    error::{HEADER_MISMATCH, INSUFFICIENT_SCOPE, MISSING_CAPABILITY, UNSUPPORTED_VERSION},
    reply::{error_data, error_message},
};

/// The header that names a legacy session.
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// What a POST is answered with.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// A JSON-RPC message; `None` for an empty body.
    pub(super) message: Option<Vec<u8>>,
    pub(super) session: Option<String>,
    pub(super) retry_after: Option<u64>,
    /// Whether another token is needed.
    pub(super) challenge: bool,
}

impl Answer {
    pub(super) fn ok(message: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, message: Some(message), session: None, retry_after: None, challenge: false }
    }

    pub(super) fn accepted() -> Self {
        Self { status: StatusCode::ACCEPTED, message: None, session: None, retry_after: None, challenge: false }
    }

    /// An error with a status of its own.
    pub(super) fn refused(status: StatusCode, id: Option<&str>, code: i32, message: impl Into<String>) -> Self {
        let error = ErrorData::new(ErrorCode(code), message.into(), None);
        Self { status, message: Some(error_message(id, &error)), session: None, retry_after: None, challenge: false }
    }

    /// An error of the protocol, with the status that the era gives it.
    pub(super) fn error(id: Option<&str>, error: McpError, era: Era) -> Self {
        let retry_after = match error {
            McpError::Limited { retry_after_secs } => Some(retry_after_secs),
            _ => None,
        };
        let challenge = matches!(error, McpError::InsufficientScope(_));
        let data = error_data(error, era);
        let status = if retry_after.is_some() { StatusCode::TOO_MANY_REQUESTS } else { status(data.code.0, era) };
        Self { status, message: Some(error_message(id, &data)), session: None, retry_after, challenge }
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// 2026-07-28 gives some errors a status; in the legacy era they are all answers like any other.
fn status(code: i32, era: Era) -> StatusCode {
    match code {
        INSUFFICIENT_SCOPE => StatusCode::FORBIDDEN,
        -32601 if era == Era::Modern => StatusCode::NOT_FOUND,
        HEADER_MISMATCH | MISSING_CAPABILITY | UNSUPPORTED_VERSION if era == Era::Modern => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let has_body = self.message.is_some();
        let mut response = Response::new(self.message.map_or_else(Body::empty, Body::from));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(session) = self.session.and_then(|id| HeaderValue::from_str(&id).ok()) {
            headers.insert(SESSION, session);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.challenge {
            let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
