use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Enable a client
///
/// Its tokens are valid again.
#[utoipa::path(
    post, path = "/{client}/enable", tag = "clients", params(("client" = String, Path, description = "`client_id`")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn enable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(client): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.enable_client(&actor, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
