//! Tools whose definitions change are held back until somebody accepts them.

use puente_tests::Server;
use serde_json::json;

use super::{call, site, text};

const CATALOG: &str = "
sources:
  - name: wild
    type: mcp
    command: ['{python}', '{root}/tests/upstreams/unruly.py']
servers:
  - {name: default, include: ['*'], open: true}
";

async fn tools(server: &Server) -> Vec<String> {
    server.mcp("").tool_names().await
}

#[tokio::test]
async fn a_changed_tool_is_quarantined_until_it_is_accepted() {
    let site = site(CATALOG);
    let server = site.serve().await;
    server.until("the tools are there", async || tools(&server).await.len() == 13).await;
    let pinned = async || site.puente(&["source", "diff", "wild", "--json"]).json() == json!([]);
    server.until("what was there at first is accepted", pinned).await;

    // Another tool appears, and one changes its description: neither is offered.
    assert_eq!(text(&call(&server, "wild_rename", json!({})).await), "renamed");
    server.until("the changed tools are gone", async || tools(&server).await.len() == 11).await;
    let listed = tools(&server).await;
    assert!(!listed.contains(&"wild_renamed".to_owned()) && !listed.contains(&"wild_echo".to_owned()), "{listed:?}");
    let refused = server.mcp("").call("wild_echo", json!({"text": "x"})).await.body;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");

    // The command line asks a server of its own, which is as it was: the running one is asked over its API.
    let admin = server.admin().await;
    let diff = admin.get("/api/v1/sources/wild/pins").await.expect(200);
    let changes: Vec<_> =
        diff["items"].as_array().unwrap().iter().map(|item| (&item["tool"], &item["change"])).collect();
    let expected = [("echo", "changed"), ("rename", "removed"), ("renamed", "added")];
    assert_eq!(changes.len(), 3, "{diff}");
    for ((tool, change), (name, how)) in changes.iter().zip(expected) {
        assert_eq!((tool.as_str(), change.as_str()), (Some(name), Some(how)), "{diff}");
    }
    assert!(diff["items"][0]["offered"].to_string().contains("Ignore"), "{diff}");

    let _ = admin.post("/api/v1/sources/wild/pins", json!({"tools": ["renamed"]})).await.expect(200);
    server.until("one is accepted", async || tools(&server).await.contains(&"wild_renamed".to_owned())).await;
    assert!(!tools(&server).await.contains(&"wild_echo".to_owned()));
    let _ = admin.post("/api/v1/sources/wild/pins", json!({"tools": []})).await.expect(200);
    server.until("all are accepted", async || tools(&server).await.len() == 13).await;
}
