//! The authorization-server scenarios of the official conformance suite.

use std::process::Stdio;

use puente_tests::{Browser, tools};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::Command,
};

use super::{ANA, PASSWORD, site};

#[tokio::test]
async fn the_authorization_server_conforms() {
    let site = site();
    let server = site.serve().await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let body =
        json!({"client_name": "suite", "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback"]});
    let api = server.api("");
    let client = api.send(api.request(Method::POST, "/oauth/register").json(&body)).await.expect(201);
    let mut child = Command::new(tools::node())
        .arg(tools::installed("node_modules/@modelcontextprotocol/conformance/dist/index.js"))
        .args(["authorization", "--url", server.url(), "--port", &port.to_string(), "--resource", &server.mcp_url()])
        .args(["--client-id", client["client_id"].as_str().unwrap(), "-o"])
        .arg(site.path().join("out"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut printed, mut browser) = (String::new(), Browser::start());
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.starts_with("http") && line.contains("/oauth/authorize?") {
            browser.goto(line.trim()).await;
            browser.sign_in(ANA, PASSWORD).await;
            browser.click("button[value=allow]").await;
            browser.arrived("/callback").await;
        }
        printed.push_str(&line);
        printed.push('\n');
    }
    assert!(child.wait().await.unwrap().success(), "{printed}");
    for scenario in ["authorization-server-metadata-endpoint", "authorization-code-grant"] {
        assert!(printed.contains(scenario), "{printed}");
    }
    assert!(!printed.contains("FAILURE"), "{printed}");
}
