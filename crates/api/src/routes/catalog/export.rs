use axum::extract::State;
use http::header;

use crate::{
    ApiState,
    extract::Authenticated,
    problem::{Problem, Problems},
};

/// Export the catalog
///
/// As a file that can be applied. Secrets are references in it, never values. Needs the role editor; grants are part of
/// it for the role admin.
#[utoipa::path(
    get, path = "", tag = "catalog",
    responses((status = OK, body = String, content_type = "application/yaml"), Problems)
)]
pub(super) async fn export(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<([(header::HeaderName, &'static str); 1], String), Problem> {
    let yaml = state.gateway.export(&actor).await?;
    Ok(([(header::CONTENT_TYPE, "application/yaml")], yaml))
}
