use axum::extract::State;

use super::TeamBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Read a team
///
/// By id or name. Needs the role admin.
#[utoipa::path(
    get, path = "/{team}", tag = "teams", params(("team" = String, Path, description = "Id or name")),
    responses((status = OK, body = TeamBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(team): Path<String>,
) -> Result<Tagged<TeamBody>, Problem> {
    let team = state.gateway.team(&actor, &team).await?;
    Ok(Tagged(team.version, team.into()))
}
