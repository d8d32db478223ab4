use axum::extract::State;
use http::StatusCode;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Delete a prompt
///
/// Needs the role editor.
#[utoipa::path(
    delete, path = "/{prompt}", tag = "prompts",
    params(("source" = String, Path, description = "Name of the source"), ("prompt" = String, Path, description = "Name")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn delete(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, prompt)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.gateway.delete_prompt(&actor, &source, &prompt).await?;
    Ok(StatusCode::NO_CONTENT)
}
