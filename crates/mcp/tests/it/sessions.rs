//! Legacy sessions: whose they are, how long they live, and where.

use std::{sync::Arc, time::Duration};

use puente_mcp::Options;
use serde_json::json;

use crate::{
    fixture::{Legacy, MemoryStore, Server, body, call, content_type, post},
    sse::Events,
};

fn ping() -> serde_json::Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})
}

#[tokio::test]
async fn a_request_needs_a_session_of_its_own_caller() {
    let server = Server::new();
    let without = post().body(ping().to_string().into()).unwrap();
    assert_eq!(server.send(without).await.status(), 400);
    let unknown = Legacy { server: &server, id: "nope".to_owned() };
    assert_eq!(unknown.send(&ping()).await.status(), 404);
    let legacy = Legacy::start(&server, "2025-11-25").await;
    assert_eq!(legacy.send(&ping()).await.status(), 200);
    assert_eq!(server.send_as("bob", legacy.request(&ping())).await.status(), 404);
}

#[tokio::test]
async fn a_deleted_session_is_gone_everywhere() {
    let store = Arc::new(MemoryStore::default());
    let server = Server::with(Options::default(), Some(store.clone()));
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let mut events = Events::of(legacy.get(None).await);
    events.next().await.unwrap();
    let mut delete = legacy.request(&ping());
    *delete.method_mut() = axum::http::Method::DELETE;
    assert_eq!(server.send(delete).await.status(), 204);
    assert!(events.next().await.is_none());
    assert_eq!(legacy.send(&ping()).await.status(), 404);
    let other = Server::with(Options::default(), Some(store));
    assert_eq!(legacy.on(&other).send(&ping()).await.status(), 404);
}

#[tokio::test]
async fn another_replica_goes_on_with_a_session() {
    let store = Arc::new(MemoryStore::default());
    let first = Server::with(Options::default(), Some(store.clone()));
    let second = Server::with(Options::default(), Some(store));
    let legacy = Legacy::start(&first, "2025-06-18").await;
    let level = json!({"jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": {"level": "error"}});
    legacy.send(&level).await;
    let moved = legacy.on(&second);
    assert_eq!(second.send_as("bob", moved.request(&ping())).await.status(), 404);
    // The level went along, and so did what the client can do.
    assert_eq!(content_type(&moved.call(1, "tell").await), "application/json");
    let asked = Events::of(moved.call(2, "ask").await).message().await.unwrap();
    assert_eq!(asked["method"], "elicitation/create");
}

/// Two replicas that hold the same session in memory.
async fn two_replicas<'a>(first: &'a Server, second: &'a Server, version: &str) -> (Legacy<'a>, Legacy<'a>) {
    let here = Legacy::start(first, version).await;
    let there = here.on(second);
    assert_eq!(there.send(&ping()).await.status(), 200);
    (here, there)
}

fn pair() -> (Server, Server, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::default());
    let [first, second] = [(); 2].map(|()| Server::with(Options::default(), Some(store.clone())));
    (first, second, store)
}

#[tokio::test]
async fn an_answer_reaches_the_replica_that_asked() {
    let (first, second, _store) = pair();
    let (here, there) = two_replicas(&first, &second, "2025-06-18").await;
    let mut events = Events::of(here.call(7, "ask").await);
    let asked = events.message().await.unwrap();
    // The other replica asks for itself meanwhile: the answers must not be mixed up.
    let mut others = Events::of(there.call(8, "ask").await);
    let asked_there = others.message().await.unwrap();
    assert_ne!(asked["id"], asked_there["id"]);
    let answer = |asked: &serde_json::Value, name: &str| json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept", "content": {"name": name}}});
    assert_eq!(there.send(&answer(&asked, "Ada")).await.status(), 202);
    assert_eq!(here.send(&answer(&asked_there, "Ben")).await.status(), 202);
    for (events, id, name) in [(&mut events, 7, "Ada"), (&mut others, 8, "Ben")] {
        let done = events.message().await.unwrap();
        assert_eq!(done["id"], id);
        assert!(done["result"]["content"][0]["text"].as_str().unwrap().contains(name), "{done}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_to_travel_is_refused() {
    let (first, second, _store) = pair();
    let (here, there) = two_replicas(&first, &second, "2025-06-18").await;
    let mut events = Events::of(here.call(7, "ask").await);
    let asked = events.message().await.unwrap();
    let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"x": "y".repeat(300 * 1024)}});
    assert_eq!(there.send(&answer).await.status(), 413);
    assert_eq!(here.send(&answer).await.status(), 202);
}

#[tokio::test]
async fn a_cancellation_reaches_the_replica_that_holds_the_call() {
    let (mut first, second, _store) = pair();
    let session = Legacy::start(&first, "2025-11-25").await.id;
    let message = json!({"jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": call("hold", json!({}))});
    let (parts, request) = Legacy { server: &first, id: session.clone() }.request(&message).into_parts();
    let http = first.http.clone();
    let running = tokio::spawn(async move { http.handle("alice", parts, request).await });
    assert_eq!(first.reported().await, "begun");
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "x"}});
    assert_eq!(Legacy { server: &second, id: session }.send(&cancel).await.status(), 202);
    assert_eq!(first.reported().await, "dropped");
    assert_eq!(body(running.await.unwrap()).await["error"]["code"], -32800);
}

#[tokio::test]
async fn what_changes_at_one_replica_changes_at_the_others() {
    let (first, second, store) = pair();
    let (here, there) = two_replicas(&first, &second, "2025-06-18").await;
    let level = |level| json!({"jsonrpc": "2.0", "id": 2, "method": "logging/setLevel", "params": {"level": level}});
    assert_eq!(here.send(&level("error")).await.status(), 200);
    until(async || content_type(&there.call(3, "tell").await) == "application/json").await;
    // What is known goes on while the store does not answer.
    store.down.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(there.send(&level("debug")).await.status(), 200);
    assert_eq!(here.send(&ping()).await.status(), 200);
    let third = Server::with(Options::default(), Some(store.clone()));
    assert_eq!(here.on(&third).send(&ping()).await.status(), 503);
    store.down.store(false, std::sync::atomic::Ordering::Relaxed);
    // Ended at one, ended at all.
    let mut delete = there.request(&ping());
    *delete.method_mut() = axum::http::Method::DELETE;
    assert_eq!(second.send(delete).await.status(), 204);
    until(async || here.send(&ping()).await.status() == 404).await;
}

async fn until(condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap();
}

#[tokio::test]
async fn whoever_comes_from_another_replica_is_told_that_everything_may_have_changed() {
    let (first, second, _store) = pair();
    let (here, there) = two_replicas(&first, &second, "2025-11-25").await;
    let mut events = Events::of(here.get(None).await);
    let opened = events.next().await.unwrap();
    let mut events = Events::of(there.get(opened.id.as_deref()).await);
    events.next().await.unwrap();
    for list in ["tools", "prompts", "resources"] {
        let told = events.message().await.unwrap();
        assert_eq!(told["method"], format!("notifications/{list}/list_changed"));
    }
}

#[tokio::test]
async fn a_lost_response_stream_ends_the_session_for_its_client() {
    let store = Arc::new(MemoryStore::default());
    let first = Server::with(Options::default(), Some(store.clone()));
    let second = Server::with(Options::default(), Some(store));
    let legacy = Legacy::start(&first, "2025-11-25").await;
    let event = Events::of(legacy.call(1, "ask").await).next().await.unwrap();
    // The client is told at once, not left to wait for an answer that cannot come.
    let response = legacy.on(&second).get(event.id.as_deref()).await;
    assert_eq!(response.status(), 404);
    assert!(body(response).await["error"]["message"].as_str().unwrap().contains("initialize"));
}

#[tokio::test(start_paused = true)]
async fn idle_sessions_are_forgotten_and_busy_ones_are_not() {
    let options = Options { session_idle: Duration::from_mins(1), ..Options::default() };
    let server = Server::with(options, None);
    let idle = Legacy::start(&server, "2025-11-25").await;
    let busy = Legacy::start(&server, "2025-11-25").await;
    let mut events = Events::of(busy.get(None).await);
    events.next().await.unwrap();
    // The stream holds its receiver once it is read beyond its first event.
    server.fixture.events.send(puente_mcp::handler::Event::ToolsChanged).unwrap();
    events.message().await.unwrap();
    tokio::time::advance(Duration::from_mins(2)).await;
    Legacy::start(&server, "2025-11-25").await;
    assert_eq!(idle.send(&ping()).await.status(), 404);
    assert_eq!(busy.send(&ping()).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn of_too_many_sessions_the_longest_idle_makes_room() {
    let server = Server::with(Options { max_sessions: 2, ..Options::default() }, None);
    let first = Legacy::start(&server, "2025-11-25").await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let second = Legacy::start(&server, "2025-11-25").await;
    tokio::time::advance(Duration::from_secs(1)).await;
    first.send(&ping()).await;
    let third = Legacy::start(&server, "2025-11-25").await;
    assert_eq!(first.send(&ping()).await.status(), 200);
    assert_eq!(second.send(&ping()).await.status(), 404);
    assert_eq!(third.send(&ping()).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn of_too_many_sessions_of_a_caller_its_own_longest_idle_ends() {
    let (store, few) = (Arc::new(MemoryStore::default()), Options { max_sessions_per_caller: 2, ..Options::default() });
    let server = Server::with(few, Some(store));
    let other = initialize_as(&server, "bob", "test").await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let first = Legacy::start(&server, "2025-11-25").await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let second = Legacy::start(&server, "2025-11-25").await;
    tokio::time::advance(Duration::from_secs(1)).await;
    let third = Legacy::start(&server, "2025-11-25").await;
    // Not in the store either, or it would grow without end.
    assert_eq!(first.send(&ping()).await.status(), 404);
    assert_eq!(second.send(&ping()).await.status(), 200);
    assert_eq!(third.send(&ping()).await.status(), 200);
    let other = Legacy { server: &server, id: other.headers()["mcp-session-id"].to_str().unwrap().to_owned() };
    assert_eq!(server.send_as("bob", other.request(&ping())).await.status(), 200);
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_kept_short() {
    let store = Arc::new(MemoryStore::default());
    let server = Server::with(Options::default(), Some(store.clone()));
    assert_eq!(initialize_as(&server, "alice", &"x".repeat(1_000_000)).await.status(), 200);
    assert!(store.largest() < 2000, "{} bytes", store.largest());
    let params = json!({"protocolVersion": "2025-11-25", "clientInfo": {"name": "x", "version": "1"},
        "capabilities": {"experimental": {"x": {"y": "z".repeat(100_000)}}}});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let refused = body(server.send(post().body(request.to_string().into()).unwrap()).await).await;
    assert!(refused["error"]["message"].as_str().unwrap().contains("capabilities"), "{refused}");
}

async fn initialize_as(server: &Server, caller: &'static str, name: &str) -> axum::response::Response {
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": name, "version": "1"}});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    server.send_as(caller, post().body(request.to_string().into()).unwrap()).await
}
