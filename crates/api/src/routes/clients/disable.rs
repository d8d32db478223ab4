use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Disable a client
///
/// It is refused within a second everywhere, with all its tokens.
#[utoipa::path(
    post, path = "/{client}/disable", tag = "clients", params(("client" = String, Path, description = "`client_id`")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn disable(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(client): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.disable_client(&actor, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
