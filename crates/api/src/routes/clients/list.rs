use axum::extract::State;

use super::ClientBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, PageQuery, Paged},
    problem::{Problem, Problems},
};

/// List OAuth clients
///
/// By id. Needs the role admin; one's own connected clients are at `/api/v1/me/connections`.
#[utoipa::path(
    get, path = "", tag = "clients", params(PageQuery),
    responses((status = OK, body = Listed<ClientBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<PageQuery>,
) -> Result<Paged<ClientBody>, Problem> {
    let clients = state.gateway.list_clients(&actor, &query.page()?).await?;
    Ok(Paged::new(clients, ClientBody::from, &uri))
}
