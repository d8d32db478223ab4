//! `subscriptions/listen`, and the stream of a legacy GET.

use puente_mcp::handler::Event;
use serde_json::json;

use crate::{
    fixture::{Legacy, Server, body, modern},
    sse::Events,
};

fn updated(uri: &str) -> Event {
    Event::ResourceUpdated { uri: uri.to_owned() }
}

#[tokio::test]
async fn the_acknowledgement_comes_first_and_only_what_was_asked_for_follows() {
    let server = Server::new();
    let filter = json!({"toolsListChanged": true, "promptsListChanged": true,
        "resourceSubscriptions": ["ours:1", "theirs:1"]});
    let mut events = Events::of(server.send(modern("subscriptions/listen", json!({"notifications": filter}))).await);
    let tag = json!({"io.modelcontextprotocol/subscriptionId": 1});
    let acknowledged = events.message().await.unwrap();
    assert_eq!(acknowledged["method"], "notifications/subscriptions/acknowledged");
    // Prompts are not offered, and the other resource is not this caller's.
    let honoured = json!({"toolsListChanged": true, "resourceSubscriptions": ["ours:1"]});
    assert_eq!(acknowledged["params"], json!({"_meta": tag, "notifications": honoured}));

    for event in
        [Event::PromptsChanged, Event::ResourcesChanged, updated("theirs:1"), updated("ours:1"), Event::ToolsChanged]
    {
        server.fixture.events.send(event).unwrap();
    }
    let update = events.message().await.unwrap();
    assert_eq!(update["method"], "notifications/resources/updated");
    assert_eq!(update["params"], json!({"_meta": tag, "uri": "ours:1"}));
    let changed = events.message().await.unwrap();
    assert_eq!(changed["method"], "notifications/tools/list_changed");
    assert_eq!(changed["params"], json!({"_meta": tag}));
}

#[tokio::test]
async fn a_subscription_ends_gracefully_with_the_rights_and_with_the_server() {
    let server = Server::new();
    let listen = || modern("subscriptions/listen", json!({"notifications": {}}));
    let mut revoked = Events::of(server.send(listen()).await);
    revoked.message().await.unwrap();
    server.fixture.events.send(Event::Revoked).unwrap();
    let end = revoked.message().await.unwrap();
    assert_eq!(end["id"], 1);
    assert_eq!(
        end["result"],
        json!({"resultType": "complete", "_meta": {"io.modelcontextprotocol/subscriptionId": 1}})
    );
    assert!(revoked.next().await.is_none());

    let mut open = Events::of(server.send(listen()).await);
    open.message().await.unwrap();
    let service = server.service.clone();
    let shutdown = tokio::spawn(async move { service.shutdown().await });
    assert_eq!(open.message().await.unwrap()["result"]["resultType"], "complete");
    assert!(open.next().await.is_none());
    shutdown.await.unwrap();
}

#[tokio::test]
async fn who_was_too_slow_is_told_that_every_list_changed() {
    let server = Server::new();
    let filter = json!({"toolsListChanged": true});
    let mut events = Events::of(server.send(modern("subscriptions/listen", json!({"notifications": filter}))).await);
    events.message().await.unwrap();
    for number in 0..100 {
        server.fixture.events.send(updated(&format!("ours:{number}"))).unwrap();
    }
    assert_eq!(events.message().await.unwrap()["method"], "notifications/tools/list_changed");
}

#[tokio::test]
async fn a_subscription_needs_a_stream() {
    let mut request = modern("subscriptions/listen", json!({"notifications": {}}));
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    assert_eq!(body(Server::new().send(request).await).await["error"]["code"], -32602);
}

#[tokio::test]
async fn a_legacy_stream_carries_lists_and_subscribed_resources() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-11-25").await;
    let subscribe =
        |method: &str, uri: &str| json!({"jsonrpc": "2.0", "id": 5, "method": method, "params": {"uri": uri}});
    assert_eq!(body(legacy.send(&subscribe("resources/subscribe", "ours:1")).await).await["result"], json!({}));
    let refused = body(legacy.send(&subscribe("resources/subscribe", "theirs:1")).await).await;
    assert_eq!(refused["error"]["code"], -32002);

    let mut events = Events::of(legacy.get(None).await);
    let primed = events.next().await.unwrap();
    assert!(primed.data.is_empty() && primed.id.is_some());
    for event in [updated("ours:2"), updated("ours:1"), Event::ToolsChanged] {
        server.fixture.events.send(event).unwrap();
    }
    let first = events.next().await.unwrap();
    assert_eq!(first.json()["params"], json!({"uri": "ours:1"}));
    assert_eq!(events.message().await.unwrap()["method"], "notifications/tools/list_changed");

    // Away and back again: what followed the last event is sent again, and what happened meanwhile.
    drop(events);
    server.fixture.events.send(Event::ResourcesChanged).unwrap();
    let mut again = Events::of(legacy.get(first.id.as_deref()).await);
    assert_eq!(again.message().await.unwrap()["method"], "notifications/tools/list_changed");
    assert_eq!(again.message().await.unwrap()["method"], "notifications/resources/list_changed");

    assert_eq!(body(legacy.send(&subscribe("resources/unsubscribe", "ours:1")).await).await["result"], json!({}));
    for event in [updated("ours:1"), Event::ToolsChanged] {
        server.fixture.events.send(event).unwrap();
    }
    assert_eq!(again.message().await.unwrap()["method"], "notifications/tools/list_changed");
}

#[tokio::test]
async fn a_second_get_takes_over_from_the_first() {
    let server = Server::new();
    let legacy = Legacy::start(&server, "2025-06-18").await;
    let mut first = Events::of(legacy.get(None).await);
    server.fixture.events.send(Event::ToolsChanged).unwrap();
    assert!(first.message().await.is_some());
    let mut second = Events::of(legacy.get(None).await);
    assert!(first.next().await.is_none());
    drop(first);
    server.fixture.events.send(Event::ResourcesChanged).unwrap();
    assert_eq!(second.message().await.unwrap()["method"], "notifications/resources/list_changed");
}
