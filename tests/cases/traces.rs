//! Traces and the log: a request is found by its id in both, and goes on in its client's trace.

use puente_tests::{
    Server, Site,
    collector::{Collector, attribute, hex},
};
use reqwest::Method;
use serde_json::{Value, json};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Sends a request that a client traces and names. `/nowhere` needs no key, and its answer is 404.
async fn traced(server: &Server, key: &str, id: &str) -> u16 {
    let api = server.api(key);
    let request = api.request(Method::POST, "/mcp").header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    let request = request
        .header("X-Request-Id", id)
        .header("Accept", "application/json, text/event-stream")
        .header("MCP-Protocol-Version", "2026-07-28")
        .header("Mcp-Method", "tools/call")
        .header("Mcp-Name", "erp_search_expenses");
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "erp_search_expenses", "arguments": {"company_id": 1},
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "puente-tests", "version": "1"},
        },
    }});
    let answer = api.send(request.json(&body)).await;
    assert_eq!(answer.header("x-request-id"), id);
    answer.status
}

/// The lines of the log that belong to a request.
fn lines(server: &Server, id: &str) -> Vec<Value> {
    let lines = server.log();
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["spans"].as_array().is_some_and(|spans| spans.iter().any(|span| span["id"] == id)))
        .collect()
}

#[tokio::test]
async fn spans_go_to_the_collector_below_the_clients() {
    let collector = Collector::start().await;
    let site = Site::with_sample().setting("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
    // Whatever is logged, spans are whole; and they are sent at the end at the latest.
    let site = site.setting("LOG_LEVEL", "error").setting("OTEL_BSP_SCHEDULE_DELAY", "3600000");
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    assert_eq!(traced(&server, &key, "the-request").await, 200);
    assert_eq!(server.stop().await.code(), Some(0));

    let (requests, calls) = (collector.named("request"), collector.named("tools/call"));
    let request = requests.iter().find(|span| attribute(span, "id") == Some("the-request")).unwrap();
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((&call.trace_id, &call.parent_span_id), (&request.trace_id, &request.span_id));
    assert_eq!((attribute(call, "outcome"), attribute(call, "principal")), (Some("ok"), Some("robot")));
    let [source] = &collector.named("erp.search_expenses")[..] else { panic!("no span of the source") };
    assert_eq!((&source.trace_id, &source.parent_span_id), (&request.trace_id, &call.span_id));
}

#[tokio::test]
async fn log_lines_name_the_request_and_its_trace() {
    let site = Site::with_sample().setting("LOG_LEVEL", "debug").setting("LOG_FORMAT", "json");
    let logs = site.path().join("logs");
    let site = site.setting("LOGS_DIR", logs.to_str().unwrap());
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    assert_eq!(traced(&server, &key, "the-request").await, 200);
    server.until("the request is logged", async || !lines(&server, "the-request").is_empty()).await;
    let lines = lines(&server, "the-request");
    assert!(lines.iter().all(|line| line["spans"][0]["trace_id"] == TRACE), "{lines:?}");
    let answered = lines.iter().find(|line| line["message"] == "answered").unwrap();
    assert_eq!(answered["status"], 200);
    // The same on the disk.
    assert_eq!(server.stop().await.code(), Some(0));
    let file = std::fs::read_dir(&logs).unwrap().next().unwrap().unwrap().path();
    assert!(std::fs::read_to_string(file).unwrap().contains(TRACE));
}

#[tokio::test]
async fn a_collector_that_is_away_harms_nothing() {
    let site = Site::with_sample().setting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    assert_eq!(traced(&server, &key, "the-request").await, 200);
    assert_eq!(server.stop().await.code(), Some(0));
}

#[test]
fn what_cannot_be_followed_is_named() {
    let site = Site::empty().setting("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317");
    let site = site.setting("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    site.puente(&["serve"]).expect_failure(puente_tests::FAILED, &["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"]);
}
