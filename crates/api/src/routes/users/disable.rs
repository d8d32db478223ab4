use axum::extract::State;

use super::UserBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Disable a user
///
/// Refuses the account with its keys and tokens, within a second everywhere. Needs the role admin. The last
/// administrator cannot be disabled.
#[utoipa::path(
    post, path = "/{user}/disable", tag = "users", params(("user" = String, Path, description = "Id or e-mail address")),
    responses((status = OK, body = UserBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn disable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
) -> Result<Tagged<UserBody>, Problem> {
    let user = state.gateway.disable_user(&actor, &user).await?;
    Ok(Tagged(user.version, user.into()))
}
