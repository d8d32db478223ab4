//! Requests that are wrong.

use puente_tests::{Answer, Server, Site};
use reqwest::Method;
use serde_json::{Value, json};

/// A site with a key that may use the default virtual server.
async fn start() -> (Site, Server, String) {
    let site = Site::with_notes();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    (site, server, key)
}

/// Posts a body as it is to `/mcp`, in the modern era.
async fn post(server: &Server, key: &str, body: impl Into<reqwest::Body>) -> Answer {
    let api = server.api(key);
    let request = api
        .request(Method::POST, "/mcp")
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .header("MCP-Protocol-Version", "2026-07-28")
        .header("Mcp-Method", "tools/list");
    api.send(request.body(body)).await
}

#[tokio::test]
async fn malformed_json() {
    let (_site, server, key) = start().await;
    for body in ["", "{", "nonsense", "{\"jsonrpc\": \"2.0\",}", "\u{0}"] {
        let answer = post(&server, &key, body).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(-32700)), "{body}: {}", answer.body);
    }
    for body in ["[]", "7", "{}", "{\"jsonrpc\": \"1.0\", \"id\": 1, \"method\": \"tools/list\"}"] {
        let answer = post(&server, &key, body).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(-32600)), "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn deeply_nested_json() {
    let (_site, server, key) = start().await;
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let answer = post(&server, &key, nested).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let rest = server.api(&key);
    let request = rest.request(Method::POST, "/api/v1/auth/token").header("Content-Type", "application/json");
    let answer = rest.send(request.body("{\"email\":".repeat(50_000))).await;
    assert!([400, 422].contains(&answer.status), "{} {}", answer.status, answer.body);
    assert_eq!(answer.header("Content-Type"), "application/problem+json");
}

#[tokio::test]
async fn a_huge_body() {
    let (_site, server, key) = start().await;
    let huge = format!("{{\"jsonrpc\": \"2.0\", \"x\": \"{}\"", "x".repeat(64 << 20));
    let answer = post(&server, &key, huge).await;
    // The server may close the connection before the whole body is sent.
    assert!([0, 413].contains(&answer.status), "{} {}", answer.status, answer.body);
    assert_eq!(server.mcp(&key).tool_names().await.len(), 2);
}

#[tokio::test]
async fn headers_that_contradict_the_body() {
    let (_site, server, key) = start().await;
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "prompts/list", "params": {"_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}}});
    let answer = post(&server, &key, body.to_string()).await;
    assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(-32020)), "{}", answer.body);
}

#[tokio::test]
async fn a_page_of_another_site() {
    let (_site, server, key) = start().await;
    let api = server.api(&key);
    for (name, value) in [("Origin", "https://evil.example"), ("Host", "evil.example")] {
        for path in ["/mcp", "/servers/default/mcp"] {
            let answer = api.send(api.request(Method::POST, path).header(name, value).json(&json!({}))).await;
            assert_eq!(answer.status, 403, "{name} on {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn wrong_arguments() {
    let (_site, server, key) = start().await;
    let mcp = server.mcp(&key);
    let wrong = [
        (json!({}), "marker"),
        (json!({"marker": 7}), "marker"),
        (json!({"marker": "x", "colour": "red"}), "colour"),
        (json!({"marker": null}), "marker"),
    ];
    for (arguments, field) in wrong {
        let result = mcp.call("notes_add_note", arguments.clone()).await.expect(200)["result"].clone();
        assert_eq!(result["isError"], Value::Bool(true), "{arguments}: {result}");
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains(field), "{arguments}: {text}");
    }
    let notes = mcp.call("notes_list_notes", json!({})).await.expect(200);
    assert_eq!(notes["result"]["structuredContent"]["row_count"], 0);
}

#[tokio::test]
async fn nobody_and_strangers() {
    let (_site, server, _key) = start().await;
    for token in ["", "pk_wrong", "not.a.token"] {
        let answer = server.mcp(token).send("tools/list", json!({})).await;
        assert_eq!(answer.status, 401, "{token}: {}", answer.body);
        assert!(answer.header("WWW-Authenticate").starts_with("Bearer"), "{:?}", answer.headers);
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let (_site, server, _key) = start().await;
    let admin = server.admin().await;
    for path in ["/api/v1/nothing", "/api/v1/users/00000000-0000-7000-8000-000000000000", "/nothing"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert_eq!(answer.header("Content-Type"), "application/problem+json", "{path}");
        assert!(answer.body["type"].is_string() && answer.body["title"].is_string(), "{path}: {}", answer.body);
    }
    let answer = admin.delete("/api/v1/audit").await;
    assert_eq!(answer.status, 405, "{}", answer.body);
}
