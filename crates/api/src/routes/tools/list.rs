use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ToolBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which tools.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Of this source: name.
    source: Option<String>,
    /// A part of name or description, whatever the case.
    search: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List tools
///
/// Oldest first. Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "tools", params(Filter),
    responses((status = OK, body = Listed<ToolBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<ToolBody>, Problem> {
    let page = page(filter.limit, filter.after)?;
    let tools = state.gateway.tools(&actor, filter.source.as_deref(), filter.search, &page).await?;
    Ok(Paged::new(tools, ToolBody::from, &uri))
}
