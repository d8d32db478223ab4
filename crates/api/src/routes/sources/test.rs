use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What a system answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Tested {
    /// What answered: `PostgreSQL 16.4`, …
    system: String,
    /// How long it took, in microseconds.
    took_us: u64,
    /// What a careful administrator would change.
    warnings: Vec<String>,
}

/// Test a source
///
/// Asks its system whether it is there; a problem of the type `source` if it is not. Needs the role editor.
#[utoipa::path(
    post, path = "/{source}/test", tag = "sources", params(("source" = String, Path, description = "Name")),
    responses((status = OK, body = Tested), Problems)
)]
pub(super) async fn test(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<Json<Tested>, Problem> {
    let checked = state.gateway.source_test(&actor, &source).await?;
    let took_us = u64::try_from(checked.took.as_micros()).unwrap_or(u64::MAX);
    Ok(Json(Tested { system: checked.system, took_us, warnings: checked.warnings }))
}
