//! Pages of other origins: closed, unless `CORS_ORIGINS` names them.

use std::time::Duration;

use axum::Router;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, CorsLayer};

use crate::{ApiState, Options};

/// What a page may read besides the simple headers.
const EXPOSED: [HeaderName; 6] = [
    header::ETAG,
    header::LINK,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("x-request-id"),
];

/// No cookie is ever looked at, so credentials are not allowed either.
pub(super) fn layer(routes: Router<ApiState>, options: &Options) -> Router<ApiState> {
    let origins: Vec<HeaderValue> = options.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return routes;
    }
    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(Duration::from_mins(10));
    routes.layer(cors)
}
