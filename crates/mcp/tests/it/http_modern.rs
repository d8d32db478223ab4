//! Revision 2026-07-28 over HTTP.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::{
    fixture::{Server, body, call, content_type, modern, modern_body, post},
    sse::Events,
};

#[tokio::test]
async fn a_call_that_tells_nothing_is_answered_with_json() {
    let response = Server::new().send(modern("tools/call", call("echo", json!({"a": 1})))).await;
    assert_eq!(response.status(), 200);
    assert_eq!(content_type(&response), "application/json");
    let answer = body(response).await;
    assert_eq!(answer["id"], 1);
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(answer["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "fixture");
    assert_eq!(answer["result"]["content"][0]["text"], r#"{"a":1}"#);
}

#[tokio::test]
async fn structured_content_passes_as_it_is() {
    let answer = body(Server::new().send(modern("tools/call", call("array", json!({})))).await).await;
    assert_eq!(answer["result"]["structuredContent"], json!([1, 2]));
}

#[tokio::test]
async fn a_call_that_tells_something_becomes_a_stream() {
    let params = json!({"name": "tell", "_meta": {
        "progressToken": "p",
        "io.modelcontextprotocol/logLevel": "debug",
    }});
    let mut events = Events::of(Server::new().send(modern("tools/call", params)).await);
    let progress = events.message().await.unwrap();
    assert_eq!(progress["method"], "notifications/progress");
    let expected = json!({"progressToken": "p", "progress": 1.0, "total": 2.0, "message": "half"});
    assert_eq!(progress["params"], expected);
    assert_eq!(events.message().await.unwrap()["params"], json!({"level": "info", "logger": "test", "data": "told"}));
    assert_eq!(events.message().await.unwrap()["result"]["content"][0]["text"], "told");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn nothing_is_told_to_who_did_not_ask() {
    let response = Server::new().send(modern("tools/call", call("tell", json!({})))).await;
    assert_eq!(content_type(&response), "application/json");
}

#[tokio::test]
async fn a_client_that_takes_no_stream_gets_none() {
    let params = json!({"name": "tell", "_meta": {"progressToken": 1}});
    let mut request = modern("tools/call", params);
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    assert_eq!(content_type(&Server::new().send(request).await), "application/json");
}

#[tokio::test]
async fn lists_have_caching_hints_and_pages() {
    let server = Server::new();
    let first = body(server.send(modern("tools/list", json!({}))).await).await;
    assert_eq!(first["result"]["ttlMs"], 7);
    assert_eq!(first["result"]["cacheScope"], "private");
    assert_eq!(first["result"]["tools"], json!([{"name": "a"}, {"name": "b"}]));
    let next = body(server.send(modern("tools/list", json!({"cursor": "more"}))).await).await;
    assert_eq!(next["result"]["tools"], json!([]));
    let bad = body(server.send(modern("tools/list", json!({"cursor": "x"}))).await).await;
    assert_eq!(bad["error"]["code"], -32602);
}

#[tokio::test]
async fn discovery_names_versions_capabilities_and_extensions() {
    let answer = body(Server::new().send(modern("server/discover", json!({}))).await).await;
    let result = &answer["result"];
    assert_eq!(result["supportedVersions"][0], "2026-07-28");
    assert_eq!(result["capabilities"]["resources"], json!({"subscribe": true, "listChanged": true}));
    assert_eq!(result["capabilities"]["extensions"], json!({"io.modelcontextprotocol/tasks": {}}));
    assert_eq!(result["instructions"], "Be kind.");
}

/// Status and error code of a modern request with one header changed; `None` removes it.
async fn with_header(name: &'static str, value: Option<&str>) -> (u16, Value) {
    let mut request = modern("tools/call", call("echo", json!({})));
    match value {
        Some(value) => request.headers_mut().insert(name, value.parse().unwrap()),
        None => request.headers_mut().remove(name),
    };
    let response = Server::new().send(request).await;
    (response.status().as_u16(), body(response).await["error"]["code"].clone())
}

#[tokio::test]
async fn headers_must_say_what_the_body_says() {
    let cases = [
        ("mcp-protocol-version", None),
        ("mcp-protocol-version", Some("2025-11-25")),
        ("mcp-method", None),
        ("mcp-method", Some("tools/list")),
        ("mcp-name", None),
        ("mcp-name", Some("Echo")),
        ("mcp-name", Some("=?base64?ZWNobw?=")),
        ("mcp-param-x", Some("=?base64?!!?=")),
    ];
    for (name, value) in cases {
        assert_eq!(with_header(name, value).await, (400, json!(-32020)), "{name}: {value:?}");
    }
    assert_eq!(with_header("mcp-name", Some("=?base64?ZWNobw==?=")).await, (200, Value::Null));
}

#[tokio::test]
async fn a_header_that_comes_twice_is_refused() {
    let mut request = modern("tools/call", call("echo", json!({})));
    request.headers_mut().append("mcp-name", "echo".parse().unwrap());
    assert_eq!(body(Server::new().send(request).await).await["error"]["code"], -32020);
}

async fn refused(request: Request<Body>) -> (u16, Value) {
    let response = Server::new().send(request).await;
    (response.status().as_u16(), body(response).await["error"]["code"].clone())
}

#[tokio::test]
async fn each_kind_of_bad_request_has_its_status_and_code() {
    assert_eq!(refused(modern("no/such", json!({}))).await, (404, json!(-32601)));
    assert_eq!(refused(modern("ping", json!({}))).await, (404, json!(-32601)));
    assert_eq!(refused(modern("tools/call", call("nope", json!({})))).await, (200, json!(-32602)));
    assert_eq!(refused(modern("resources/read", json!({"uri": "x:y"}))).await, (200, json!(-32602)));
    assert_eq!(refused(modern("tools/call", json!({"name": "echo", "arguments": []}))).await, (200, json!(-32602)));

    let raw = |text: &str| post().body(Body::from(text.to_owned())).unwrap();
    assert_eq!(refused(raw("{")).await, (400, json!(-32700)));
    assert_eq!(refused(raw("[1")).await, (400, json!(-32700)));
    assert_eq!(refused(raw("\u{feff}{}")).await, (400, json!(-32700)));
    assert_eq!(refused(raw(r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#)).await, (400, json!(-32600)));
    assert_eq!(refused(raw(&"[".repeat(100_000))).await, (400, json!(-32600)));
}

#[tokio::test]
async fn a_version_that_is_not_spoken_is_answered_with_those_that_are() {
    let mut message = modern_body("tools/list", json!({}));
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("1900-01-01");
    let request = post().header("mcp-protocol-version", "1900-01-01").header("mcp-method", "tools/list");
    let response = Server::new().send(request.body(Body::from(message.to_string())).unwrap()).await;
    assert_eq!(response.status(), 400);
    let error = body(response).await["error"].clone();
    assert_eq!(error["code"], -32022);
    assert_eq!(error["data"]["requested"], "1900-01-01");
    assert_eq!(error["data"]["supported"][0], "2026-07-28");
}

#[tokio::test]
async fn a_request_without_its_metadata_is_refused() {
    for key in ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"] {
        let mut message = modern_body("tools/list", json!({}));
        message["params"]["_meta"].as_object_mut().unwrap().remove(key);
        let request = post().header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/list");
        assert_eq!(
            refused(request.body(Body::from(message.to_string())).unwrap()).await,
            (400, json!(-32602)),
            "{key}"
        );
    }
}

#[tokio::test]
async fn there_is_no_get_and_no_delete() {
    for method in ["GET", "DELETE"] {
        let request = Request::builder().method(method).uri("/mcp").header("accept", "text/event-stream");
        let response = Server::new().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()["allow"], "POST");
    }
}

#[tokio::test]
async fn only_json_of_bounded_size_is_read() {
    let server = Server::with(puente_mcp::Options { max_body: 100, ..Default::default() }, None);
    let large = post().body(Body::from(" ".repeat(101))).unwrap();
    assert_eq!(server.send(large).await.status(), 413);
    let form = Request::post("/mcp").header("content-type", "text/plain").body(Body::from("{}")).unwrap();
    assert_eq!(server.send(form).await.status(), 415);

    let mut html = post().body(Body::from("{}")).unwrap();
    html.headers_mut().insert("accept", "text/html".parse().unwrap());
    assert_eq!(server.send(html).await.status(), 406);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_given_up() {
    let never = Body::from_stream(futures::stream::pending::<Result<&str, std::io::Error>>());
    assert_eq!(Server::new().send(post().body(never).unwrap()).await.status(), 408);
}

#[tokio::test]
async fn a_client_that_does_not_read_does_not_hold_up_its_call() {
    let mut server = Server::new();
    let params = json!({"name": "tell_and_hold", "_meta": {"progressToken": 1}});
    let unread = server.send(modern("tools/call", params)).await;
    assert_eq!(server.reported().await, "begun");
    server.fixture.release.notify_one();
    assert_eq!(server.reported().await, "done");
    drop(unread);
}

#[tokio::test]
async fn a_limit_says_when_to_come_back() {
    let response = Server::new().send(modern("tools/call", call("limited", json!({})))).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "3");
    assert_eq!(body(response).await["error"]["data"]["retryAfterSeconds"], 3);
}

#[tokio::test]
async fn a_client_that_goes_before_the_answer_cancels_its_call() {
    let mut server = Server::new();
    let http = server.http.clone();
    let (parts, request) = modern("tools/call", call("hold", json!({}))).into_parts();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(server.reported().await, "begun");
    running.abort();
    assert_eq!(server.reported().await, "dropped");
}

#[tokio::test]
async fn a_client_that_closes_the_stream_cancels_its_call() {
    let mut server = Server::new();
    let params = json!({"name": "tell_and_hold", "_meta": {"progressToken": 1}});
    let mut events = Events::of(server.send(modern("tools/call", params)).await);
    assert_eq!(events.message().await.unwrap()["method"], "notifications/progress");
    assert_eq!(server.reported().await, "begun");
    drop(events);
    assert_eq!(server.reported().await, "dropped");
}

#[tokio::test]
async fn shutting_down_waits_for_calls() {
    let mut server = Server::new();
    let (http, service) = (server.http.clone(), server.service.clone());
    let (parts, request) = modern("tools/call", call("hold", json!({}))).into_parts();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(server.reported().await, "begun");
    let mut shutdown = Box::pin(service.shutdown());
    assert!(futures::poll!(&mut shutdown).is_pending());
    server.fixture.release.notify_one();
    shutdown.await;
    assert_eq!(running.await.unwrap().status(), 200);
}
