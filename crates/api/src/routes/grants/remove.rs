use axum::extract::State;
use http::StatusCode;
use puente_domain::GrantId;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Remove a grant
///
/// The right ends within a second everywhere. Needs the role admin.
#[utoipa::path(
    delete, path = "/{grant}", tag = "grants", params(("grant" = String, Path, description = "Id")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn remove(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(grant): Path<GrantId>,
) -> Result<StatusCode, Problem> {
    state.gateway.remove_grant(&actor, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
