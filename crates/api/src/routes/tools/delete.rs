use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    etag::IfMatch,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a tool
///
/// Needs the role editor.
#[utoipa::path(
    delete, path = "/{tool}", tag = "tools",
    params(
        ("source" = String, Path, description = "Name of the source"),
        ("tool" = String, Path, description = "Name"),
        ("If-Match" = String, Header)
    ),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, tool)): Path<(String, String)>,
    IfMatch(version): IfMatch,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_tool(&actor, &source, &tool, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
