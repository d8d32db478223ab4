use axum::extract::State;
use puente_domain::job::JobState;
use puente_storage::JobFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::JobBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which jobs. All conditions must hold.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// `queued`, `running`, `done`, `dead` or `cancelled`.
    #[param(value_type = Option<String>)]
    state: Option<JobState>,
    /// Of this kind.
    kind: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List jobs
///
/// Newest first. Needs the role admin.
#[utoipa::path(
    get, path = "", tag = "jobs", params(Filter),
    responses((status = OK, body = Listed<JobBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<Filter>,
) -> Result<Paged<JobBody>, Problem> {
    let filter = JobFilter { state: query.state, kind: query.kind };
    let jobs = state.gateway.jobs(&actor, &filter, &page(query.limit, query.after)?).await?;
    Ok(Paged::new(jobs, JobBody::from, &uri))
}
