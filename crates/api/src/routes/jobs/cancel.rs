use axum::extract::State;

use super::JobBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// Cancel a job
///
/// One that waits is cancelled at once; one that runs is told to end, within about a second. Needs the role admin.
#[utoipa::path(
    post, path = "/{job}/cancel", tag = "jobs", params(("job" = String, Path, description = "Id")),
    responses((status = OK, body = JobBody), Problems)
)]
pub(super) async fn cancel(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(job): Path<String>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(state.gateway.cancel_job(&actor, &job).await?.into()))
}
