//! A span around every request, and who sent it.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderValue;
use tracing::Instrument;

use super::{
    proxy::client_address,
    request_id::{self, X_REQUEST_ID},
};
use crate::{Options, extract::RequestInfo, server::Peer};

/// The query is left out of the log: it may hold what people search for.
pub(super) async fn trace(State(options): State<Arc<Options>>, mut request: Request, next: Next) -> Response {
    let id = request_id::of(request.headers());
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let address = peer.map(|peer| client_address(peer, request.headers(), &options.trusted_proxies));
    let span = tracing::info_span!(
        "request",
        %id,
        method = %request.method(),
        path = request.uri().path(),
        address = address.map(tracing::field::display),
    );
    let header = HeaderValue::from_str(&id).ok();
    if let Some(header) = header.clone() {
        request.headers_mut().insert(X_REQUEST_ID, header);
    }
    let uri = request.uri().clone();
    request.extensions_mut().insert(RequestInfo { id, address, uri });

    let mut response = answered(next.run(request)).instrument(span).await;
    if let Some(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    response
}

async fn answered(answer: impl Future<Output = Response>) -> Response {
    let start = Instant::now();
    let response = answer.await;
    let (status, ms) = (response.status().as_u16(), start.elapsed().as_millis());
    if response.status().is_server_error() {
        tracing::warn!(status, ms, "answered");
    } else {
        tracing::debug!(status, ms, "answered");
    }
    response
}
