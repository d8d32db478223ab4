use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a static resource
///
/// Needs the role editor.
#[utoipa::path(
    delete, path = "/{resource}", tag = "resources",
    params(("source" = String, Path, description = "Name of the source"), ("resource" = String, Path, description = "Name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, resource)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_resource(&actor, &source, &resource).await?;
    Ok(StatusCode::NO_CONTENT)
}
