//! While a transfer has the database for itself, nobody is served.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header::RETRY_AFTER};

use crate::{
    Maintenance,
    problem::{Kind, Problem},
};

/// When a client may try again, in seconds.
const RETRY: HeaderValue = HeaderValue::from_static("5");

pub(super) async fn refuse(State(maintenance): State<Maintenance>, request: Request, next: Next) -> Response {
    let Some(_served) = maintenance.enter() else {
        if request.uri().path() == "/health/live" {
            return next.run(request).await;
        }
        let problem =
            Problem::new(Kind::Unavailable, "data is being moved into this server's database; try again shortly");
        let mut answer = problem.into_response();
        answer.headers_mut().insert(RETRY_AFTER, RETRY);
        return answer;
    };
    next.run(request).await
}
