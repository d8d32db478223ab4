//! Sources that fail.

use std::time::Instant;

use puente_tests::Site;
use serde_json::{Value, json};

#[tokio::test]
async fn a_source_that_is_down_takes_nothing_else_with_it() {
    let site = Site::with_notes();
    // Nobody listens on a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let site = site.setting("SOURCE_LOST_URL", &format!("postgresql://u:hunter2@127.0.0.1:{port}/lost"));
    let catalog = site.write(
        "down.yaml",
        "sources:\n  - name: lost\n    type: sql\n    url: ${env:SOURCE_LOST_URL}\n    tools:\n      \
         - {name: ask, description: Asks., sql: SELECT 1 AS one}\nservers:\n  \
         - {name: default, include: [notes.*, lost.*], grants: ['role:member']}\n",
    );
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let mcp = server.mcp(&key);
    assert!(mcp.tool_names().await.contains(&"lost_ask".to_owned()), "it is still offered");
    let down = mcp.call("lost_ask", json!({})).await.expect(200)["result"].clone();
    assert_eq!(down["isError"], Value::Bool(true), "{down}");
    let text = down["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("lost"), "{text}");
    let others = mcp.call("notes_list_notes", json!({})).await.expect(200)["result"].clone();
    assert_ne!(others["isError"], true, "{others}");
    for told in [text.to_owned(), server.log(), site.puente(&["export"]).stdout] {
        assert!(!told.contains("hunter2"), "the password leaks: {told}");
    }
    assert_eq!(server.admin().await.get("/health/ready").await.status, 200);
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_stopped() {
    let site = Site::with_notes();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n";
    let catalog = site.write(
        "slow.yaml",
        &format!(
            "sources:\n  - name: slow\n    type: sql\n    url: ${{env:SOURCE_NOTES_URL}}\n    tools:\n      - name: count\n        \
             description: Counts.\n        timeout: 200ms\n        sql: {endless}\nservers:\n  \
             - {{name: default, include: [notes.*, slow.*], grants: ['role:member']}}\n"
        ),
    );
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let mcp = server.mcp(&key);
    let started = Instant::now();
    let result = mcp.call("slow_count", json!({})).await.expect(200)["result"].clone();
    assert_eq!(result["isError"], Value::Bool(true), "{result} after {:?}", started.elapsed());
    let admin = server.admin().await;
    let audited = async || admin.get("/api/v1/audit?target=slow.count").await.expect(200)["items"][0].clone();
    server.until("the call is in the trail", async || !audited().await.is_null()).await;
    assert_eq!(audited().await["outcome"], "timed_out");
    // The connection is usable again, or was replaced.
    let others = mcp.call("notes_list_notes", json!({})).await.expect(200)["result"].clone();
    assert_ne!(others["isError"], true, "{others}");
}
