use axum::extract::State;

use super::TeamBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, PageQuery, Paged},
    problem::{Problem, Problems},
};

/// List teams
///
/// By name. Needs the role admin.
#[utoipa::path(
    get, path = "", tag = "teams", params(PageQuery),
    responses((status = OK, body = Listed<TeamBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<PageQuery>,
) -> Result<Paged<TeamBody>, Problem> {
    let teams = state.gateway.teams(&actor, &query.page()?).await?;
    Ok(Paged::new(teams, TeamBody::from, &uri))
}
