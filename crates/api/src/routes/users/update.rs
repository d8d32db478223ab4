use axum::extract::State;
use puente_gateway::admin::users::UserChanges;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{RoleBody, UserBody};
use crate::{
    ApiState,
    etag::{IfMatch, Tagged},
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserChanges)]
pub(super) struct Body {
    /// In any case of letters.
    email: Option<String>,
    /// For display.
    display_name: Option<String>,
    /// What it may do in the administration.
    role: Option<RoleBody>,
}

/// Change a user
///
/// Needs the role admin. The last administrator stays one.
#[utoipa::path(
    patch, path = "/{user}", tag = "users", request_body = Body,
    params(("user" = String, Path, description = "Id or e-mail address"), ("If-Match" = String, Header)),
    responses((status = OK, body = UserBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn update(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<Tagged<UserBody>, Problem> {
    let Body { email, display_name, role } = body;
    let changes = UserChanges { email, display_name, role: role.map(Into::into) };
    let user = state.gateway.update_user(&actor, &user, version, changes).await?;
    Ok(Tagged(user.version, user.into()))
}
