//! Protection against DNS rebinding, for every door: `Host` and `Origin` must be ours.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
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
