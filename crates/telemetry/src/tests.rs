use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

use super::*;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[test]
fn only_well_formed_contexts_are_read() {
    assert_eq!(trace_id_of(PARENT).as_deref(), Some(TRACE));
    assert_eq!(trace_id_of(&format!("01{}-later", &PARENT[2..])).as_deref(), Some(TRACE));
    let bad = [
        String::new(),
        PARENT.to_uppercase(),
        PARENT.replace("00f067aa0ba902b7", "0000000000000000"),
        PARENT.replace(TRACE, &"0".repeat(32)),
        PARENT.replace("00-", "ff-"),
        PARENT.replace("-01", "-+1"),
        format!("{PARENT}-x"),
    ];
    for text in bad {
        assert_eq!(trace_id_of(&text), None, "{text}");
    }
}

#[tokio::test]
async fn without_export_the_clients_context_goes_on_as_it_came() {
    assert_eq!(traceparent(), None);
    let span = info_span!("call");
    adopt(&span, PARENT);
    assert_eq!(trace_id(&span), None);
    assert_eq!(carry(Some(PARENT.into()), async { traceparent() }).await.as_deref(), Some(PARENT));
}

#[test]
fn with_export_our_own_span_is_the_parent() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        let span = info_span!("call");
        adopt(&span, PARENT);
        assert_eq!(trace_id(&span).as_deref(), Some(TRACE));
        let ours = span.in_scope(traceparent).unwrap();
        assert!(ours.starts_with(&format!("00-{TRACE}-")) && ours.ends_with("-01"), "{ours}");
        assert_ne!(ours, PARENT);
    });
}
