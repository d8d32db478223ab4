use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a secret
///
/// Sources that name it fail until it is set again. Needs the role editor.
#[utoipa::path(
    delete, path = "/{name}", tag = "secrets", params(("name" = String, Path, description = "As in ${secret:name}")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn remove(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    state.gateway.remove_secret(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
