use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    etag::IfMatch,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a source
///
/// With all it offers, and its secrets. Needs the role editor.
#[utoipa::path(
    delete, path = "/{source}", tag = "sources",
    params(("source" = String, Path, description = "Name"), ("If-Match" = String, Header)),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_source(&actor, &source, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
