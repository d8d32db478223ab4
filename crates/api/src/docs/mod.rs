//! The API's own documentation: `/openapi.json`, and `/docs` (Swagger UI, vendored: nothing is fetched from elsewhere).

use axum::{Router, body::Bytes, response::IntoResponse, routing::get};
use http::header;
use utoipa::openapi::OpenApi;

use crate::{ApiState, openapi::render};

/// `scripts/vendor-swagger-ui.sh` makes these.
const SCRIPT: &[u8] = include_bytes!("../../assets/swagger-ui-bundle.js.gz");
const STYLE: &[u8] = include_bytes!("../../assets/swagger-ui.css.gz");
const PAGE: &str = include_str!("page.html");
const START: &str = include_str!("start.js");

/// Swagger UI sets styles from script, and draws with `data:` images; everything else comes from here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn router(document: &OpenApi) -> Router<ApiState> {
    let rendered = Bytes::from(render(document));
    Router::new()
        .route("/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], rendered) }))
        .route("/docs", get(page))
        .route("/docs/start.js", get(async || ([(header::CONTENT_TYPE, "text/javascript")], START)))
        .route("/docs/swagger-ui.js", get(async || packed("text/javascript", SCRIPT)))
        .route("/docs/swagger-ui.css", get(async || packed("text/css", STYLE)))
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)], PAGE)
}

/// Kept and sent compressed; every browser takes it.
fn packed(media_type: &'static str, body: &'static [u8]) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, body)
}
