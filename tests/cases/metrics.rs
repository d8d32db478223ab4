//! `/metrics`: what is counted, and who may read it.

use puente_tests::{Api, Server, Site};
use serde_json::json;

async fn text(api: &Api) -> String {
    let answer = api.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"), "{answer:?}");
    let body = answer.expect(200);
    body.as_str().expect("text").to_owned()
}

/// The address of `METRICS_ADDR` with a free port, from the log.
fn metrics_url(server: &Server) -> String {
    let log = server.log();
    let line = log.lines().find(|line| line.contains("serving metrics")).unwrap_or_else(|| panic!("{log}"));
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    line["url"].as_str().unwrap().trim_end_matches("/metrics").to_owned()
}

/// The value of a series that must be there.
#[track_caller]
fn value<'a>(text: &'a str, series: &str) -> &'a str {
    let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(name, _)| name == series));
    let line = line.unwrap_or_else(|| panic!("no {series} in:\n{text}"));
    line.rsplit_once(' ').unwrap().1
}

#[track_caller]
fn number(text: &str, series: &str) -> f64 {
    value(text, series).parse().unwrap()
}

#[tokio::test]
async fn only_administrators_read_them_without_a_listener_of_their_own() {
    let site = Site::with_sample();
    let (member, admin) = (site.key("member", &[]), site.key("watcher", &["--role", "admin", "--scope", "api:read"]));
    let server = site.serve().await;
    assert_eq!(Api::anonymous(server.url()).get("/metrics").await.status, 401);
    assert_eq!(server.api(&member).get("/metrics").await.status, 403);
    assert!(text(&server.api(&admin)).await.ends_with("# EOF\n"));
}

#[tokio::test]
async fn calls_are_counted_by_tool_and_outcome() {
    let site = Site::with_sample().setting("METRICS_ADDR", "127.0.0.1:0");
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let mcp = server.mcp(&key);
    for _ in 0..2 {
        assert_eq!(mcp.call("erp_list_companies", json!({})).await.status, 200);
    }
    assert_eq!(mcp.call("erp_search_expenses", json!({"company_id": "one"})).await.status, 200);
    mcp.call("a_name_that_a_client_made_up", json!({})).await;

    let url = metrics_url(&server);
    let listener = Api::anonymous(&url);
    let told = text(&listener).await;
    assert_eq!(value(&told, r#"puente_calls_total{source="erp",tool="list_companies",outcome="ok"}"#), "2");
    assert_eq!(value(&told, r#"puente_calls_total{source="erp",tool="search_expenses",outcome="error"}"#), "1");
    assert_eq!(value(&told, r#"puente_calls_total{source="",tool="",outcome="refused"}"#), "1");
    assert!(!told.contains("made_up"), "{told}");
    let infinite = r#"puente_call_duration_seconds_bucket{le="+Inf",source="erp",tool="list_companies"}"#;
    assert_eq!(value(&told, infinite), "2");
    let looked = |result: &str| value(&told, &format!(r#"puente_cache_requests_total{{result="{result}"}}"#));
    assert_eq!((looked("hit"), looked("miss"), looked("shared")), ("1", "1", "0"));
    assert_eq!(value(&told, "puente_calls_in_flight"), "0");
    assert_eq!(value(&told, "puente_sessions"), "0");
    assert_eq!(value(&told, r#"puente_jobs{state="dead"}"#), "0");
    assert!(number(&told, r#"puente_database_connections{state="idle"}"#) >= 1.0);
    assert!(number(&told, "puente_audit_queue_rows") >= 0.0);
    for name in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"] {
        assert!(number(&told, name) > 0.0, "{name}");
    }
    // Nothing else is there, and the door for everyone still wants a key.
    assert_eq!(listener.get("/api/v1/me").await.status, 404);
    assert_eq!(listener.get("/health").await.status, 404);
    assert_eq!(Api::anonymous(server.url()).get("/metrics").await.status, 401);
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let site = Site::empty().setting("METRICS_ADDR", &address);
    site.puente(&["serve"]).expect_failure(puente_tests::FAILED, &["METRICS_ADDR", &address]);
}
