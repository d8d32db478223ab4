//! A cap on requests in flight: beyond it clients are told to come back, instead of all of them waiting.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::problem::{Kind, Problem};

/// Counts until the head of the answer: a stream that goes on does not count, nor does health.
pub(super) async fn limit(State(in_flight): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/health") {
        return next.run(request).await;
    }
    let Ok(_permit) = in_flight.try_acquire() else {
        return Problem::new(Kind::Unavailable, "too many requests are in flight").retry_after(1).into_response();
    };
    next.run(request).await
}
