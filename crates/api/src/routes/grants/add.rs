use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::GrantBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// A new grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGrant)]
pub(super) struct Body {
    /// The virtual server: id or name.
    #[schema(example = "finance")]
    server: String,
    /// `user:EMAIL`, `key:NAME`, `team:NAME` or `role:ROLE`.
    #[schema(example = "team:finance")]
    grantee: String,
}

/// Add a grant
///
/// One that is there already is returned as it is. Needs the role admin.
#[utoipa::path(
    post, path = "", tag = "grants", request_body = Body,
    responses((status = CREATED, body = GrantBody), Problems)
)]
pub(super) async fn add(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Json<GrantBody>), Problem> {
    let grant = state.gateway.add_grant(&actor, &body.server, &body.grantee).await?;
    Ok((StatusCode::CREATED, Json(grant.into())))
}
