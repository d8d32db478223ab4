//! All routes, and what stands before them.

use axum::{Router, extract::DefaultBodyLimit};

use crate::{
    ApiState, docs, harden, health, mcp, metrics, oauth, openapi, pages,
    problem::{Kind, Problem},
};

/// Everything that Puente serves over HTTP.
pub fn router(state: ApiState) -> Router {
    let (rest, document) = openapi::parts();
    let routes = rest
        .merge(mcp::router())
        .merge(oauth::router())
        .merge(pages::router())
        .merge(health::router())
        .merge(metrics::router())
        .merge(docs::router(&document))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(state.options.max_body));
    harden::harden(routes, &state).with_state(state)
}

async fn not_found() -> Problem {
    Problem::new(Kind::NotFound, "there is nothing at this path; see /docs")
}

async fn method_not_allowed() -> Problem {
    Problem::new(Kind::MethodNotAllowed, "this path does not know this method; see Allow")
}
