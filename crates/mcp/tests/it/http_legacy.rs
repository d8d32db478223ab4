//! Revisions up to 2025-11-25 over HTTP: calls.

use axum::body::Body;
use serde_json::{Value, json};

use crate::{
    fixture::{Legacy, Server, body, call, content_type, post},
    sse::Events,
};

#[tokio::test]
async fn the_revision_is_what_the_client_asks_for_or_the_newest_legacy_one() {
    let server = Server::new();
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-06-18", "2025-06-18"),
        ("2026-07-28", "2025-11-25"),
        ("1900-01-01", "2025-11-25"),
    ] {
        let params = json!({"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let message = json!({"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": params});
        let answer = body(server.send(post().body(Body::from(message.to_string())).unwrap()).await).await;
        assert_eq!(answer["id"], "i");
        assert_eq!(answer["result"]["protocolVersion"], agreed);
        assert_eq!(answer["result"]["serverInfo"]["name"], "fixture");
    }
}

#[tokio::test]
async fn answers_are_json_without_the_members_of_the_modern_era() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let response = legacy.call(3, "echo").await;
    assert_eq!(content_type(&response), "application/json");
    let expected = json!({"jsonrpc": "2.0", "id": 3, "result": {"content": [{"type": "text", "text": "{}"}]}});
    assert_eq!(body(response).await, expected);
}

#[tokio::test]
async fn structured_content_that_is_no_object_is_wrapped() {
    let server = Server::new();
    let answer = body(Legacy::start(&server, "2025-06-18").await.call(1, "array").await).await;
    assert_eq!(answer["result"]["structuredContent"], json!({"result": [1, 2]}));
}

#[tokio::test]
async fn a_call_asks_its_client_on_its_stream() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-06-18").await;
    let mut events = Events::of(legacy.call(7, "ask").await);
    let asked = events.message().await.unwrap();
    assert_eq!(asked["method"], "elicitation/create");
    let answer =
        json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept", "content": {"name": "Ada"}}});
    assert_eq!(legacy.send(&answer).await.status(), 202);
    let done = events.message().await.unwrap();
    assert_eq!(done["id"], 7);
    assert!(done["result"]["content"][0]["text"].as_str().unwrap().contains("Ada"));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_refusal_of_the_client_fails_the_call() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-06-18").await;
    let mut events = Events::of(legacy.call(7, "ask").await);
    let id = events.message().await.unwrap()["id"].clone();
    let stranger = json!({"jsonrpc": "2.0", "id": 999, "result": {}});
    assert_eq!(legacy.send(&stranger).await.status(), 202);
    legacy.send(&json!({"jsonrpc": "2.0", "id": id, "error": {"code": -1, "message": "no"}})).await;
    assert_eq!(events.message().await.unwrap()["error"], json!({"code": -1, "message": "no"}));
}

#[tokio::test]
async fn disconnecting_does_not_cancel() {
    let mut server = Server::new();
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call("hold", json!({}))});
    let (parts, request) = legacy.request(&message).into_parts();
    let http = server.http.clone();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(server.reported().await, "begun");
    running.abort();
    assert!(running.await.is_err());
    assert!(!server.has_report());
    server.fixture.release.notify_one();
    assert_eq!(server.reported().await, "done");
}

#[tokio::test]
async fn a_notification_cancels() {
    let mut server = Server::new();
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let session = legacy.id.clone();
    let message = json!({"jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": call("hold", json!({}))});
    let (parts, request) = legacy.request(&message).into_parts();
    let http = server.http.clone();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(server.reported().await, "begun");
    let legacy = Legacy { server: &server, id: session };
    let cancel =
        |id: Value| json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
    assert_eq!(legacy.send(&cancel(json!("y"))).await.status(), 202);
    assert!(!server.has_report());
    assert_eq!(legacy.send(&cancel(json!("x"))).await.status(), 202);
    assert_eq!(server.reported().await, "dropped");
    assert_eq!(body(running.await.unwrap()).await["error"]["code"], -32800);
}

#[tokio::test]
async fn a_stream_that_ends_early_is_resumed_with_the_last_event_id() {
    let mut server = Server::new();
    let session = Legacy::start(&server, "2025-11-25").await.id;
    let legacy = Legacy { server: &server, id: session.clone() };
    let mut events = Events::of(legacy.call(9, "detach").await);
    let primed = events.next().await.unwrap();
    assert!(primed.data.is_empty());
    assert!(events.next().await.is_none());
    assert_eq!(server.reported().await, "begun");
    let legacy = Legacy { server: &server, id: session };
    let mut resumed = Events::of(legacy.get(primed.id.as_deref()).await);
    server.fixture.release.notify_one();
    let answer = resumed.message().await.unwrap();
    assert_eq!(answer["id"], 9);
    assert!(resumed.next().await.is_none());
}

#[tokio::test]
async fn a_stream_does_not_end_early_for_a_client_that_would_not_come_back() {
    let mut server = Server::new();
    let session = Legacy::start(&server, "2025-06-18").await.id;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call("detach", json!({}))});
    let (parts, request) = Legacy { server: &server, id: session }.request(&message).into_parts();
    let http = server.http.clone();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(server.reported().await, "begun");
    server.fixture.release.notify_one();
    assert_eq!(content_type(&running.await.unwrap()), "application/json");
}

#[tokio::test]
async fn a_lost_stream_is_replayed() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-06-18").await;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "tell", "_meta": {"progressToken": 1}}});
    let mut events = Events::of(legacy.send(&message).await);
    let first = events.next().await.unwrap();
    drop(events);
    let mut again = Events::of(legacy.get(first.id.as_deref()).await);
    assert_eq!(again.message().await.unwrap()["method"], "notifications/message");
    assert_eq!(again.message().await.unwrap()["id"], 1);
    assert!(again.next().await.is_none());
}

#[tokio::test]
async fn the_log_level_holds_for_the_session() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-06-18").await;
    let level =
        |level: &str| json!({"jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": {"level": level}});
    assert_eq!(body(legacy.send(&level("loud")).await).await["error"]["code"], -32602);
    assert_eq!(body(legacy.send(&level("warning")).await).await["result"], json!({}));
    assert_eq!(content_type(&legacy.call(1, "tell").await), "application/json");
}

#[tokio::test]
async fn batches_are_taken_in_one_revision_only() {
    let server = Server::new();
    let batch = json!([
        {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call("ask", json!({}))},
        {"id": 3},
        {"jsonrpc": "2.0", "id": 4, "method": "initialize"},
    ]);
    let legacy = Legacy::start(&server, "2025-03-26").await;
    let answers = body(legacy.send(&batch).await).await;
    assert_eq!(answers[0], json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    assert_eq!(answers[1]["error"]["code"], -32600, "a batch cannot ask its client");
    assert_eq!((&answers[2]["id"], &answers[2]["error"]["code"]), (&json!(3), &json!(-32600)));
    assert_eq!(answers[3]["error"]["code"], -32601, "a batch cannot initialize");
    let silent = json!([{"jsonrpc": "2.0", "method": "notifications/initialized"}]);
    assert_eq!(legacy.send(&silent).await.status(), 202);
    assert_eq!(body(legacy.send(&json!([])).await).await["error"]["code"], -32600);

    for revision in ["2024-11-05", "2025-06-18", "2025-11-25"] {
        let refused = Legacy::start(&server, revision).await.send(&batch).await;
        assert_eq!(refused.status(), 400, "{revision}");
        assert_eq!(body(refused).await["error"]["code"], -32600);
    }
}

#[tokio::test]
async fn an_unsupported_version_header_is_refused() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let mut request = legacy.request(&json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}));
    request.headers_mut().insert("mcp-protocol-version", "2025-99-99".parse().unwrap());
    assert_eq!(server.send(request).await.status(), 400);
}
