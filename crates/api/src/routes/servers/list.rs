use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ServerBody;
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

/// List virtual servers
///
/// By name. Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "servers", params(Filter),
    responses((status = OK, body = Listed<ServerBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<ServerBody>, Problem> {
    let servers = state.gateway.servers(&actor, &page(filter.limit, filter.after)?).await?;
    Ok(Paged::new(servers, ServerBody::from, &uri))
}
