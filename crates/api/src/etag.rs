//! `ETag` and `If-Match` (RFC 9110, section 13): an edit names the version that it saw.

use axum::{
    Json,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{header, request::Parts};
use serde::Serialize;

use crate::problem::{Kind, Problem};

/// A body with its version as `ETag`.
pub(crate) struct Tagged<T>(pub(crate) i64, pub(crate) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        ([(header::ETAG, format!("\"{}\"", self.0))], Json(self.1)).into_response()
    }
}

/// The version in `If-Match`; `None` for `*`, which is any. Without the header: 428.
pub(crate) struct IfMatch(pub(crate) Option<i64>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(header) = parts.headers.get(header::IF_MATCH) else {
            let detail = "send the ETag of what you read as If-Match, or * to overwrite whatever is there";
            return Err(Problem::new(Kind::VersionRequired, detail));
        };
        let text = header.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|tag| tag.parse().ok());
        // A tag that is none of ours matches nothing.
        version
            .map(|version| Self(Some(version)))
            .ok_or_else(|| Problem::new(Kind::Stale, "If-Match is no ETag of this"))
    }
}
