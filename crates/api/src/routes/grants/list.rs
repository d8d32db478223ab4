use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::GrantBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which grants.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// On this virtual server: id or name.
    server: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List grants
///
/// In the order in which they were made. Needs the role admin.
#[utoipa::path(
    get, path = "", tag = "grants", params(Filter),
    responses((status = OK, body = Listed<GrantBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<GrantBody>, Problem> {
    let page = page(filter.limit, filter.after)?;
    let grants = state.gateway.grants(&actor, filter.server.as_deref(), &page).await?;
    Ok(Paged::new(grants, GrantBody::from, &uri))
}
