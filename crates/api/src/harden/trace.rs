//! A span around every request, and who sent it.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue};
use puente_telemetry::{TRACEPARENT, trace_id, trace_id_of};
use tracing::{Instrument, Span};

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
        trace_id = tracing::field::Empty,
    );
    join_trace(&span, request.headers());
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

/// Makes the span part of the client's trace, and lets the log name it, whether spans are exported or not.
fn join_trace(span: &Span, headers: &HeaderMap) {
    let parent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
    if let Some(parent) = parent {
        puente_telemetry::adopt(span, parent);
    }
    if let Some(id) = trace_id(span).or_else(|| trace_id_of(parent?)) {
        span.record("trace_id", id);
    }
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
