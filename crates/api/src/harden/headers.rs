//! Headers that keep browsers from doing more with an answer than they should.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, Version, header};

use crate::ApiState;

const EVERYWHERE: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Where an answer says nothing else itself.
const DEFAULTS: [(HeaderName, HeaderValue); 3] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ),
];

pub(super) async fn add(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let closes = state.readiness.is_draining() && request.version() <= Version::HTTP_11;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.extend(EVERYWHERE);
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(value);
    }
    if state.options.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if closes {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
