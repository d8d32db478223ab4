use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a team
///
/// With its memberships and grants. Needs the role admin.
#[utoipa::path(
    delete, path = "/{team}", tag = "teams", params(("team" = String, Path, description = "Id or name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(team): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_team(&actor, &team).await?;
    Ok(StatusCode::NO_CONTENT)
}
