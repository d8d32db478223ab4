use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// What a rotation did.
#[derive(Serialize, ToSchema)]
pub(super) struct Rotation {
    /// How many were sealed anew.
    sealed: usize,
    /// How many were under the first key already.
    unchanged: usize,
    /// Those that no key opens; they stay as they are.
    unreadable: Vec<String>,
}

/// Seal all secrets anew
///
/// Under the first key of `ENCRYPTION_KEY`. Needs the role admin.
#[utoipa::path(post, path = "/rotate", tag = "secrets", responses((status = OK, body = Rotation), Problems))]
pub(super) async fn rotate(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Rotation>, Problem> {
    let puente_gateway::admin::secrets::Rotation { sealed, unchanged, unreadable } =
        state.gateway.rotate_secrets(&actor).await?;
    Ok(Json(Rotation { sealed, unchanged, unreadable }))
}
