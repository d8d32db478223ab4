//! Protection against DNS rebinding, for every door: `Host` and `Origin` must be ours.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::header;
use puente_mcp::http::origin::OriginError;

use crate::{
    Options,
    problem::{Kind, Problem},
};

pub(super) async fn check(State(options): State<Arc<Options>>, request: Request, next: Next) -> Response {
    // Probes call a replica by whatever address it has, and learn nothing but that it lives.
    if request.uri().path().starts_with("/health") {
        return next.run(request).await;
    }
    // Which of them counts is a guess that others on the way may make differently (RFC 9112, section 3.2).
    if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
        return Problem::new(Kind::BadRequest, "the header Host must be given once").into_response();
    }
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    match options.allowed_hosts.check(request.headers(), authority) {
        Err(OriginError::Origin(origin)) if options.cors_origins.contains(&origin) => next.run(request).await,
        Err(error) => {
            let detail = format!("{error}; an operator can allow it with PUBLIC_URL, ALLOWED_HOSTS or CORS_ORIGINS");
            Problem::new(Kind::Misdirected, detail).into_response()
        }
        Ok(()) => next.run(request).await,
    }
}
