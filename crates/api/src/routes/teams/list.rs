use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::TeamBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List teams
///
/// By name. Needs the role admin.
#[utoipa::path(
    get, path = "", tag = "teams", params(Filter),
    responses((status = OK, body = Listed<TeamBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<TeamBody>, Problem> {
    let teams = state.gateway.teams(&actor, &page(filter.limit, filter.after)?).await?;
    Ok(Paged::new(teams, TeamBody::from, &uri))
}
