use axum::extract::State;

use super::ServerBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, PageQuery, Paged},
    problem::{Problem, Problems},
};

/// List virtual servers
///
/// By name. Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "servers", params(PageQuery),
    responses((status = OK, body = Listed<ServerBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<PageQuery>,
) -> Result<Paged<ServerBody>, Problem> {
    let servers = state.gateway.servers(&actor, &query.page()?).await?;
    Ok(Paged::new(servers, ServerBody::from, &uri))
}
