//! `examples/mcp/catalog.yaml`, as it is.

use std::process::Stdio;

use puente_tests::{Mcp, Site, tools};
use serde_json::json;
use tokio::process::{Child, Command};

use super::text;

/// server-everything over Streamable HTTP, on a port of its own; killed when dropped.
fn everything() -> (Child, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let script = tools::installed("node_modules/@modelcontextprotocol/server-everything/dist/index.js");
    let mut command = Command::new(tools::node());
    command.arg(script).arg("streamableHttp").env("PORT", port.to_string());
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
    (child, format!("http://127.0.0.1:{port}/mcp"))
}

#[tokio::test]
async fn the_example_works() {
    let (_everything, url) = everything();
    let path = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    let site = Site::empty();
    let folder = path(site.path().to_owned());
    let site = site
        .setting("SOURCE_PYTHON", &path(tools::installed("venv/bin/python")))
        .setting("SOURCE_NODE", &path(tools::node()))
        .setting("SOURCE_MODULES", &path(tools::installed("node_modules")))
        .setting("SOURCE_FOLDER", &folder)
        .setting("SOURCE_EVERYTHING_URL", &url)
        .setting("SOURCE_EVERYTHING_KEY", "key");
    let catalog = path(tools::root().join("examples/mcp/catalog.yaml"));
    site.puente(&["apply", "-f", &catalog]).expect_success();
    let key = site.key("example", &[]);
    let server = site.serve().await;
    let mcp = server.mcp(&key);
    let there = async || {
        let names = mcp.tool_names().await;
        ["time_get_current_time", "memory_read_graph", "everything_echo"]
            .iter()
            .all(|name| names.contains(&(*name).to_owned()))
    };
    server.until("the three servers are there", there).await;
    assert!(!mcp.tool_names().await.contains(&"memory_delete_entities".to_owned()), "the catalog disables it");

    let result = async |tool: &str, arguments| mcp.call(tool, arguments).await.expect(200)["result"].clone();
    let time = result("time_get_current_time", json!({"timezone": "UTC"})).await;
    assert!(text(&time).contains("UTC"), "{time}");
    let graph = result("memory_read_graph", json!({})).await;
    assert_eq!(graph["structuredContent"]["entities"], json!([]), "{graph}");
    let echo = result("everything_echo", json!({"message": "hola"})).await;
    assert!(text(&echo).contains("hola"), "{echo}");
    let clock = Mcp::new(&server.server_url("clock"), &key);
    assert_eq!(clock.tool_names().await, ["convert_time", "get_current_time"]);
    let tested = site.puente(&["source", "test", "everything", "--json"]).json();
    assert!(tested["system"].to_string().contains("MCP 2025-11-25"), "{tested}");
}
