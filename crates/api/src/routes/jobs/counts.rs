use std::collections::BTreeMap;

use axum::extract::State;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// Count jobs
///
/// How many there are in each state. Needs the role admin.
#[utoipa::path(
    get, path = "/counts", tag = "jobs",
    responses((status = OK, body = BTreeMap<String, u64>), Problems)
)]
pub(super) async fn counts(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<BTreeMap<String, u64>>, Problem> {
    let counts = state.gateway.job_counts(&actor).await?;
    Ok(Json(counts.into_iter().map(|(state, count)| (state.to_string(), count)).collect()))
}
