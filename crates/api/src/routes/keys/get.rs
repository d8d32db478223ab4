use axum::extract::State;

use super::KeyBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Read a key
///
/// By id or name: one's own, or, with the role admin, any.
#[utoipa::path(
    get, path = "/{key}", tag = "keys", params(("key" = String, Path, description = "Id or name")),
    responses((status = OK, body = KeyBody), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(key): Path<String>,
) -> Result<Json<KeyBody>, Problem> {
    Ok(Json(state.gateway.key(&actor, &key).await?.into()))
}
