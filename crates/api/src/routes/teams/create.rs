use axum::extract::State;
use http::StatusCode;
use puente_domain::Name;
use serde::Deserialize;
use utoipa::ToSchema;

use super::TeamBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// A new team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTeam)]
pub(super) struct Body {
    /// Unique: letters, digits, `_` and `-`.
    #[schema(value_type = String, example = "finance")]
    name: Name,
    /// For people.
    #[serde(default)]
    description: String,
}

/// Create a team
///
/// Needs the role admin.
#[utoipa::path(
    post, path = "", tag = "teams", request_body = Body,
    responses((status = CREATED, body = TeamBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Tagged<TeamBody>), Problem> {
    let team = state.gateway.create_team(&actor, body.name, body.description).await?;
    Ok((StatusCode::CREATED, Tagged(team.version, team.into())))
}
