use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::UserBody;
use crate::{
    ApiState,
    extract::{Authenticated, FullUri, Query},
    paging::{Listed, Paged, page},
    problem::{Problem, Problems},
};

/// Which users.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// A part of e-mail address or display name, whatever the case.
    search: Option<String>,
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// List users
///
/// By e-mail address. Needs the role admin.
#[utoipa::path(
    get, path = "", tag = "users", params(Filter),
    responses((status = OK, body = Listed<UserBody>), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    FullUri(uri): FullUri,
    Query(filter): Query<Filter>,
) -> Result<Paged<UserBody>, Problem> {
    let page = page(filter.limit, filter.after)?;
    let users = state.gateway.users(&actor, filter.search.as_deref(), &page).await?;
    Ok(Paged::new(users, UserBody::from, &uri))
}
