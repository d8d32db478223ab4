use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::KeyBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which keys.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Of this user: id or e-mail address.
    owner: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List keys
///
/// By name. Needs the role admin; one's own are at `/api/v1/me/keys`.
#[utoipa::path(
    get, path = "", tag = "keys", params(Filter),
    responses((status = OK, body = Listed<KeyBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<KeyBody>, Problem> {
    let page = page(filter.limit, filter.after)?;
    let keys = state.gateway.keys(&actor, filter.owner.as_deref(), &page).await?;
    Ok(Paged::new(keys, KeyBody::from, &uri))
}
