use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
    routes::keys::KeyBody,
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

/// List one's own keys
///
/// By name.
#[utoipa::path(
    get, path = "/keys", tag = "me", params(Filter),
    responses((status = OK, body = Listed<KeyBody>), Problems)
)]
pub(super) async fn keys(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<KeyBody>, Problem> {
    let keys = state.gateway.own_keys(&actor, &page(filter.limit, filter.after)?).await?;
    Ok(Paged::new(keys, KeyBody::from, &uri))
}
