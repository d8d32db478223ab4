use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a user
///
/// With its keys, tokens, memberships and grants; its rows in the audit trail get a pseudonym. Needs the role admin. The
/// last administrator cannot be deleted.
#[utoipa::path(
    delete, path = "/{user}", tag = "users", params(("user" = String, Path, description = "Id or e-mail address")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_user(&actor, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
