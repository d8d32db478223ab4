use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Who belongs to a team.
#[derive(Serialize, ToSchema)]
pub(super) struct Members {
    /// `user:EMAIL` and `key:NAME`.
    #[schema(example = json!(["user:ana@example.com", "key:agent"]))]
    items: Vec<String>,
}

/// List a team's members
///
/// Needs the role admin.
#[utoipa::path(
    get, path = "/{team}/members", tag = "teams", params(("team" = String, Path, description = "Id or name")),
    responses((status = OK, body = Members), Problems)
)]
pub(super) async fn members(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(team): Path<String>,
) -> Result<Json<Members>, Problem> {
    let members = state.gateway.members(&actor, &team).await?;
    Ok(Json(Members { items: members.into_iter().map(|member| member.member).collect() }))
}
