use axum::extract::State;

use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, PageQuery, Paged},
    problem::{Problem, Problems},
    routes::keys::KeyBody,
};

/// List one's own keys
///
/// By name.
#[utoipa::path(
    get, path = "/keys", tag = "me", params(PageQuery),
    responses((status = OK, body = Listed<KeyBody>), Problems)
)]
pub(super) async fn keys(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(query): Query<PageQuery>,
) -> Result<Paged<KeyBody>, Problem> {
    let keys = state.gateway.own_keys(&actor, &query.page()?).await?;
    Ok(Paged::new(keys, KeyBody::from, &uri))
}
