//! Trace contexts (W3C Trace Context, `traceparent`): taken in from clients, found in the log, carried on to sources.
//!
//! Where spans are exported, a span of our own becomes the parent of what a source does. Where they are not, the client's
//! context is carried on as it came, so that its trace does not end here.

use std::sync::Arc;

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The name of the header, and of the field in `_meta`.
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    static PARENT: Option<Arc<str>>;
}

/// Does `work` on behalf of a client that sent `parent`. Tasks that `work` spawns must be told again.
pub async fn carry<T>(parent: Option<Arc<str>>, work: impl Future<Output = T>) -> T {
    PARENT.scope(parent, work).await
}

/// What [`carry`] was given.
#[must_use]
pub fn carried() -> Option<Arc<str>> {
    PARENT.try_with(Clone::clone).ok().flatten()
}

/// What to send along with a request to another system, if there is a trace.
#[must_use]
pub fn traceparent() -> Option<String> {
    exported(&Span::current()).map(|context| format(&context)).or_else(|| Some(carried()?.to_string()))
}

/// Makes `span`, which was not entered yet, a child of a client's span. Does nothing if the text is none, or spans are
/// not exported.
pub fn adopt(span: &Span, parent: &str) {
    if let Some(parent) = parse(parent) {
        // An error says that spans are not exported.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// The id of the trace that `span` belongs to, as logs and traces write it; `None` if spans are not exported.
#[must_use]
pub fn trace_id(span: &Span) -> Option<String> {
    exported(span).map(|context| context.trace_id().to_string())
}

/// The trace id of a `traceparent`.
#[must_use]
pub fn trace_id_of(traceparent: &str) -> Option<String> {
    parse(traceparent).map(|context| context.trace_id().to_string())
}

fn exported(span: &Span) -> Option<SpanContext> {
    let context = span.context().span().span_context().clone();
    context.is_valid().then_some(context)
}

fn format(context: &SpanContext) -> String {
    format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), context.trace_flags())
}

/// Section 3.2 of the recommendation. Later versions may append fields, which are left out.
fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length| part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let well_formed = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
    if !well_formed || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::default());
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests;
