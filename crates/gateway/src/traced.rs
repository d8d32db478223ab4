//! Spans of requests, for traces. In the log they are seen at `debug` only: every line has its request's id anyway.

use puente_domain::audit::Outcome;
use puente_mcp::RequestContext;
use puente_telemetry::{adopt, carried, carry, trace_id, trace_id_of};
use tracing::{Instrument, Span, debug_span, field::Empty};

use crate::Caller;

/// Answers a request of an MCP client within a span of its own, below the client's.
pub(crate) async fn request<T>(
    cx: &RequestContext<Caller>,
    method: &'static str,
    target: &str,
    work: impl Future<Output = T>,
) -> T {
    let span = debug_span!(
        "mcp",
        otel.name = method,
        otel.kind = "server",
        target,
        server = &*cx.caller.server,
        principal = &*cx.caller.actor.principal.name,
        outcome = Empty,
        otel.status_code = Empty,
    );
    // Over HTTP the span around this one may be a child of the client's already.
    if let Some(parent) = cx.traceparent.as_deref()
        && trace_id(&Span::current()) != trace_id_of(parent)
    {
        adopt(&span, parent);
    }
    carry(cx.traceparent.clone(), work).instrument(span).await
}

/// Calls a source, within a span of its own.
pub(crate) async fn source<T>(target: &str, work: impl Future<Output = T>) -> T {
    work.instrument(debug_span!("source", otel.name = target, otel.kind = "client", target)).await
}

/// For work that is spawned: it goes on in the span and the trace of whoever spawns it.
pub(crate) fn go_on<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    carry(carried(), work).instrument(Span::current())
}

/// Notes how the request ended.
pub(crate) fn ended(outcome: Outcome) {
    let span = Span::current();
    span.record("outcome", outcome.as_str());
    if matches!(outcome, Outcome::Error | Outcome::TimedOut | Outcome::Unknown) {
        span.record("otel.status_code", "ERROR");
    }
}
