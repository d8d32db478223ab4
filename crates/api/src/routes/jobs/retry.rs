use axum::extract::State;

use super::JobBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Retry a job
///
/// A dead or cancelled job is queued again, with all its attempts. Needs the role admin.
#[utoipa::path(
    post, path = "/{job}/retry", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = OK, body = JobBody), Problems)
)]
pub(super) async fn retry(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(job): Path<String>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(state.gateway.retry_job(&actor, &job).await?.into()))
}
