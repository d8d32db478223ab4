use axum::extract::State;
use http::StatusCode;
use puente_domain::FamilyId;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Disconnect a client
///
/// It is refused within a second everywhere, with all its tokens.
#[utoipa::path(
    delete, path = "/connections/{connection}", tag = "me",
    params(("connection" = String, Path, description = "Id")), responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn disconnect(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(connection): Path<FamilyId>,
) -> Result<StatusCode, Problem> {
    state.gateway.disconnect(&actor, connection).await?;
    Ok(StatusCode::NO_CONTENT)
}
