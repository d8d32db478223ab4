use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a key
///
/// With its memberships and grants; it is refused within a second everywhere.
#[utoipa::path(
    delete, path = "/{key}", tag = "keys", params(("key" = String, Path, description = "Id or name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_key(&actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
