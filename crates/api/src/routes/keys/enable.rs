use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Enable a key
///
/// It is let in again.
#[utoipa::path(
    post, path = "/{key}/enable", tag = "keys", params(("key" = String, Path, description = "Id or name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn enable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.enable_key(&actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
