use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a virtual server
///
/// With its grants; what it offered stays in the catalog. Needs the role editor.
#[utoipa::path(
    delete, path = "/{server}", tag = "servers", params(("server" = String, Path, description = "Id or name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(server): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_server(&actor, &server).await?;
    Ok(StatusCode::NO_CONTENT)
}
