use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Remove a member from a team
///
/// One who does not belong to it is no error. Needs the role admin.
#[utoipa::path(
    delete, path = "/{team}/members/{member}", tag = "teams",
    params(
        ("team" = String, Path, description = "Id or name"),
        ("member" = String, Path, description = "user:EMAIL or key:NAME")
    ),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn remove_member(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((team, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.gateway.remove_member(&actor, &team, &member).await?;
    Ok(StatusCode::NO_CONTENT)
}
