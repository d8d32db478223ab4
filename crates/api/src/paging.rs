//! Lists: `?limit=…&after=…`, and where the next page is.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{Uri, header};
use puente_storage::{Page, Slice};
use serde::{Deserialize, Serialize};
use url::form_urlencoded::{Serializer, parse};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Kind, Problem};

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Listed<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// `after` of the next page, which `Link` names, too; none at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// A part of a list as a response.
pub(crate) struct Paged<T> {
    listed: Listed<T>,
    link: Option<String>,
}

impl<T> Paged<T> {
    /// From a slice, as it is told, and the request that asked for it.
    pub(crate) fn new<S>(slice: Slice<S>, told: impl FnMut(S) -> T, uri: &Uri) -> Self {
        let link = slice.next.as_ref().map(|next| next_page(uri, next));
        Self { listed: Listed { items: slice.items.into_iter().map(told).collect(), next: slice.next }, link }
    }
}

impl<T: Serialize> IntoResponse for Paged<T> {
    fn into_response(self) -> Response {
        let link = self.link.map(|link| [(header::LINK, link)]);
        (link, Json(self.listed)).into_response()
    }
}

/// Which part of a list that has no other filter.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// 1 to 1,000; 100 if not given.
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

impl PageQuery {
    pub(crate) fn page(self) -> Result<Page, Problem> {
        page(self.limit, self.after)
    }
}

/// The page that `limit` and `after` ask for.
pub(crate) fn page(limit: Option<u32>, after: Option<String>) -> Result<Page, Problem> {
    let limit = limit.unwrap_or(Page::default().limit);
    if !(1..=Page::MAX_LIMIT).contains(&limit) {
        let detail = format!("limit must be from 1 to {}", Page::MAX_LIMIT);
        return Err(Problem::new(Kind::BadRequest, detail));
    }
    Ok(Page { after, limit })
}

/// The same request with another `after` (RFC 8288).
fn next_page(uri: &Uri, next: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let others = parse(query.as_bytes()).filter(|(name, _)| name != "after");
    let query = Serializer::new(String::new()).extend_pairs(others).append_pair("after", next).finish();
    format!("<{}?{query}>; rel=\"next\"", uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_filters() {
        let uri = "/api/v1/users?search=a%26b&after=x&limit=2".parse().unwrap();
        let expected = "</api/v1/users?search=a%26b&limit=2&after=y+%22%3E>; rel=\"next\"";
        assert_eq!(next_page(&uri, "y \">"), expected);
    }
}
