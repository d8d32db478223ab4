//! MCP Inspector's command line, which prints the address for the browser and listens for its return.

use std::process::Stdio;

use puente_tests::{Browser, tools};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    net::TcpListener,
    process::Command,
};

use super::{ANA, PASSWORD, site};

/// The first address of an authorization page in what a program prints.
async fn address(output: impl AsyncRead + Unpin + Send + 'static) -> String {
    let mut lines = BufReader::new(output).lines();
    let mut printed = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(start) = line.find("http").filter(|_| line.contains("/oauth/authorize?")) {
            let url = line[start..].split_whitespace().next().unwrap().to_owned();
            // It may go on printing, and must not be stopped by a full pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return url;
        }
        printed.push_str(&line);
        printed.push('\n');
    }
    panic!("no address in:\n{printed}");
}

#[tokio::test]
async fn the_inspector_gets_in_by_the_address_alone() {
    let site = site();
    let server = site.serve().await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut child = Command::new(tools::node())
        .arg(tools::installed("node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"))
        .args(["--cli", "--server-url", &server.mcp_url(), "--transport", "http", "--format", "json", "--quiet"])
        .args(["--callback-url", &format!("http://127.0.0.1:{port}/oauth/callback"), "--method", "tools/list"])
        .env("HOME", site.path())
        // It asks for a terminal or a browser of its own; there is neither, and it prints the address all the same.
        .env("MCP_AUTO_OPEN_ENABLED", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let url = address(child.stderr.take().unwrap()).await;
    let mut browser = Browser::start();
    browser.goto(&url).await;
    browser.sign_in(ANA, PASSWORD).await;
    browser.click("button[value=allow]").await;
    browser.arrived("/oauth/callback").await;
    let output = child.wait_with_output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    let report: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error} in: {printed}"));
    let tools = report.get("result").unwrap_or(&report)["tools"].as_array().unwrap();
    assert_eq!(tools.len(), 2, "{report}");
}
