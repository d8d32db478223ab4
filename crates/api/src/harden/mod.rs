//! What stands before every route, from the outside in.

mod cors;
mod headers;
mod hosts;
mod in_flight;
mod maintenance;
mod panic;
mod proxy;
mod request_id;
mod trace;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::header;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutBody;

use crate::{
    ApiState, Options,
    problem::{Kind, Problem},
};

/// A request passes these from the last to the first.
pub(crate) fn harden(routes: Router<ApiState>, state: &ApiState) -> Router<ApiState> {
    let in_flight = Arc::new(Semaphore::new(state.options.max_in_flight));
    let routes = routes
        .layer(from_fn_with_state(state.maintenance.clone(), maintenance::refuse))
        .layer(from_fn_with_state(in_flight, in_flight::limit))
        .layer(from_fn_with_state(state.options.clone(), impatient))
        .layer(from_fn_with_state(state.options.clone(), too_large));
    cors::layer(routes, &state.options)
        .layer(from_fn_with_state(state.options.clone(), hosts::check))
        .layer(from_fn(panic::catch))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn_with_state(state.options.clone(), trace::trace))
}

/// Gives up on a client that pauses within a body.
async fn impatient(State(options): State<Arc<Options>>, request: Request, next: Next) -> Response {
    let patience = options.body_timeout;
    next.run(request.map(|body| Body::new(TimeoutBody::new(patience, body)))).await
}

/// Refuses a body whose client says that it is too large before any of it is read. The MCP endpoints do so themselves,
/// in the words of their protocol.
async fn too_large(State(options): State<Arc<Options>>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > options.max_body) && !request.uri().path().ends_with("/mcp") {
        return Problem::new(Kind::TooLarge, "the body is larger than MAX_BODY_SIZE").into_response();
    }
    next.run(request).await
}
