//! What stands before every route, from the outside in.

mod cors;
mod headers;
mod hosts;
mod in_flight;
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
    response::Response,
};
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutBody;

use crate::{ApiState, Options};

/// A request passes these from the last to the first.
pub(crate) fn harden(routes: Router<ApiState>, state: &ApiState) -> Router<ApiState> {
    let in_flight = Arc::new(Semaphore::new(state.options.max_in_flight));
    let routes = routes
        .layer(from_fn_with_state(in_flight, in_flight::limit))
        .layer(from_fn_with_state(state.options.clone(), impatient));
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
