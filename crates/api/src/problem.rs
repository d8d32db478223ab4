//! Problems (RFC 9457): how every failure is told over HTTP.
//!
//! The client is told what it can act on; the log is told why. `type` is stable: programs may rely on it.

mod gateway;

use std::collections::BTreeMap;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder},
};

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read: broken JSON, an unknown parameter, …
    BadRequest,
    /// No token, or one that is not valid (any more).
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// There is none, or none that the caller may know of.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body took too long.
    Timeout,
    /// The value is taken.
    Conflict,
    /// It is in a state that does not allow this.
    State,
    /// It was edited since it was read.
    Stale,
    /// The body is too large.
    TooLarge,
    /// The body is no JSON.
    UnsupportedMediaType,
    /// The host or the page that sent it is not one of ours.
    Misdirected,
    /// The input was read, and is wrong; `errors` says where.
    Invalid,
    /// An edit must name the version that it saw.
    VersionRequired,
    /// A limit was reached.
    Limited,
    /// Our fault.
    Internal,
    /// A source failed.
    Source,
    /// Too much to do now, or on the way out.
    Unavailable,
}

impl Kind {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad-request", "Bad request"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Authentication needed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Not allowed"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed"),
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "timeout", "Request took too long"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "Already taken"),
            Self::State => (StatusCode::CONFLICT, "state", "Not in this state"),
            Self::Stale => (StatusCode::PRECONDITION_FAILED, "stale", "Changed by someone else"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Body too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "Unsupported media type")
            }
            Self::Misdirected => (StatusCode::FORBIDDEN, "misdirected", "Host or origin not allowed"),
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Invalid input"),
            Self::VersionRequired => (StatusCode::PRECONDITION_REQUIRED, "version-required", "If-Match needed"),
            Self::Limited => (StatusCode::TOO_MANY_REQUESTS, "limited", "Too many requests"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
            Self::Source => (StatusCode::BAD_GATEWAY, "source", "Source failed"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now"),
        }
    }
}

/// A problem, ready to be told.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<ProblemError>,
    retry_after: Option<u64>,
    /// Whether a token was given and refused (RFC 6750, section 3.1).
    invalid_token: bool,
}

/// Something wrong with an input.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// Where: a field, or a path like `sources[0].tools[2].sql`.
    pub path: String,
    /// What is wrong, and what to do.
    pub message: String,
    /// The line in a file, 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in that line, 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// A problem (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// What kind of problem: `urn:puente:problem:…`; stable.
    #[schema(example = "urn:puente:problem:not-found")]
    r#type: String,
    /// The kind, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, for people.
    detail: String,
    /// What is wrong with the input, piece by piece.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemError>,
}

impl Problem {
    /// A problem of a kind, with what happened in words for the caller.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), retry_after: None, invalid_token: false }
    }

    /// A token that was given and is refused.
    #[must_use]
    pub fn invalid_token(detail: impl Into<String>) -> Self {
        Self { invalid_token: true, ..Self::new(Kind::Unauthenticated, detail) }
    }

    /// Something wrong with one field of the input.
    #[must_use]
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        let error = ProblemError { path: path.into(), message: message.into(), line: None, column: None };
        let detail =
            if error.path.is_empty() { error.message.clone() } else { format!("{}: {}", error.path, error.message) };
        Self { errors: vec![error], ..Self::new(Kind::Invalid, detail) }
    }

    /// When to try again, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title) = self.kind.parts();
        let body = ProblemBody {
            r#type: format!("urn:puente:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == Kind::Unauthenticated {
            let challenge = if self.invalid_token { "Bearer error=\"invalid_token\"" } else { "Bearer" };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// Every failure of every operation, for the OpenAPI document.
pub(crate) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description("What went wrong (RFC 9457)").content(MEDIA_TYPE, content);
        BTreeMap::from([("default".to_owned(), response.build().into())])
    }
}
