use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ClientBody;
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

/// List OAuth clients
///
/// By id. Needs the role admin; one's own connected clients are at `/api/v1/me/connections`.
#[utoipa::path(
    get, path = "", tag = "clients", params(Filter),
    responses((status = OK, body = Listed<ClientBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<ClientBody>, Problem> {
    let clients = state.gateway.list_clients(&actor, &page(filter.limit, filter.after)?).await?;
    Ok(Paged::new(clients, ClientBody::from, &uri))
}
