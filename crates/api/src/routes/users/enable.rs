use axum::extract::State;

use super::UserBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Enable a user
///
/// Lets the account in again, and lifts a lock after wrong passwords. Needs the role admin.
#[utoipa::path(
    post, path = "/{user}/enable", tag = "users", params(("user" = String, Path, description = "Id or e-mail address")),
    responses((status = OK, body = UserBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn enable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
) -> Result<Tagged<UserBody>, Problem> {
    let user = state.gateway.enable_user(&actor, &user).await?;
    Ok(Tagged(user.version, user.into()))
}
