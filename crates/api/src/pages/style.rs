//! The style sheet of pages.

use axum::response::IntoResponse;
use http::header;

/// Changes with the sheet, so that browsers may keep it.
pub(super) const PATH: &str = "/assets/puente-1.css";

const SHEET: &str = include_str!("style.css");

pub(super) async fn sheet() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, SHEET)
}
