use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Disable a key
///
/// It is refused within a second everywhere.
#[utoipa::path(
    post, path = "/{key}/disable", tag = "keys", params(("key" = String, Path, description = "Id or name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn disable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.disable_key(&actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
