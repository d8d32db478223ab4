use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::SourceBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which sources.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// A part of name or description, whatever the case.
    search: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List sources
///
/// By name. Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "sources", params(Filter),
    responses((status = OK, body = Listed<SourceBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<SourceBody>, Problem> {
    let page = page(filter.limit, filter.after)?;
    let sources = state.gateway.sources(&actor, filter.search.as_deref(), &page).await?;
    Ok(Paged::new(sources, SourceBody::from, &uri))
}
