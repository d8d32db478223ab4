use axum::extract::State;

use super::UserBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Read a user
///
/// By id or e-mail address. Needs the role admin.
#[utoipa::path(
    get, path = "/{user}", tag = "users", params(("user" = String, Path, description = "Id or e-mail address")),
    responses((status = OK, body = UserBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
) -> Result<Tagged<UserBody>, Problem> {
    let user = state.gateway.user(&actor, &user).await?;
    Ok(Tagged(user.version, user.into()))
}
