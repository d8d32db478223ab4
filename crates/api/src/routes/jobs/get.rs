use axum::extract::State;

use super::JobBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Read a job
///
/// With its payload and the error of its last try. Needs the role admin.
#[utoipa::path(
    get, path = "/{job}", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = OK, body = JobBody), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(job): Path<String>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(state.gateway.job(&actor, &job).await?.into()))
}
