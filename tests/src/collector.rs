//! An OpenTelemetry collector: takes spans by OTLP over HTTP, and keeps them for the test.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value, trace::v1::Span,
};
use prost::Message;

type Spans = Arc<Mutex<Vec<Span>>>;

/// Listens on a free port of the loopback interface for as long as the test's runtime runs.
pub struct Collector {
    url: String,
    spans: Spans,
}

impl Collector {
    /// Listens.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let spans = Spans::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(spans.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, spans }
    }

    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every span that arrived with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<Span> {
        let spans = self.spans.lock().expect("nobody panicked");
        spans.iter().filter(|span| span.name == name).cloned().collect()
    }
}

async fn take(State(spans): State<Spans>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    spans.lock().expect("nobody panicked").extend(scopes.flat_map(|scope| scope.spans));
}

/// An attribute of a span, if it is text.
#[must_use]
pub fn attribute<'a>(span: &'a Span, name: &str) -> Option<&'a str> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

/// As `traceparent` writes it.
#[must_use]
pub fn hex(id: &[u8]) -> String {
    id.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
