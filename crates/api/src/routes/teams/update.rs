use axum::extract::State;
use puente_domain::Name;
use puente_gateway::admin::teams::TeamChanges;
use serde::Deserialize;
use utoipa::ToSchema;

use super::TeamBody;
use crate::{
    ApiState,
    etag::{IfMatch, Tagged},
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamChanges)]
pub(super) struct Body {
    /// Unique.
    #[schema(value_type = Option<String>)]
    name: Option<Name>,
    /// For people.
    description: Option<String>,
}

/// Change a team
///
/// Needs the role admin.
#[utoipa::path(
    patch, path = "/{team}", tag = "teams", request_body = Body,
    params(("team" = String, Path, description = "Id or name"), ("If-Match" = String, Header)),
    responses((status = OK, body = TeamBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn update(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(team): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<Tagged<TeamBody>, Problem> {
    let changes = TeamChanges { name: body.name, description: body.description };
    let team = state.gateway.update_team(&actor, &team, version, changes).await?;
    Ok(Tagged(team.version, team.into()))
}
