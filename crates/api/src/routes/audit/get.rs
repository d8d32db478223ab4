use axum::extract::State;
use puente_domain::AuditId;

use super::EventBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Read an event
///
/// One's own, or, with the role admin, any.
#[utoipa::path(
    get, path = "/{event}", tag = "audit", params(("event" = String, Path, description = "Id")),
    responses((status = OK, body = EventBody), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(event): Path<AuditId>,
) -> Result<Json<EventBody>, Problem> {
    Ok(Json(state.gateway.audit_get(&actor, event).await?.into()))
}
