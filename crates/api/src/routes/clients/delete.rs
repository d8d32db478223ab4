use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a client
///
/// With everything that people let it do; its tokens are refused within a second everywhere.
#[utoipa::path(
    delete, path = "/{client}", tag = "clients", params(("client" = String, Path, description = "`client_id`")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(client): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_client(&actor, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
