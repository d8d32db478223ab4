//! Both eras over one pair of streams.

use std::time::Duration;

use puente_mcp::{Options, handler::Event, stdio};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf, split},
    task::JoinHandle,
};

use crate::fixture::{Server, call, modern_body};

/// A client at the other end of a pipe.
struct Client {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Client {
    fn of(server: &Server) -> Self {
        let (ours, theirs) = tokio::io::duplex(1024 * 1024);
        let (reader, writer) = split(theirs);
        let serving = tokio::spawn(stdio::serve(server.service.clone(), "alice", reader, writer));
        let (reader, writer) = split(ours);
        Self { lines: BufReader::new(reader).lines(), writer, serving }
    }

    async fn send(&mut self, message: &Value) {
        self.writer.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn receive(&mut self) -> Option<Value> {
        let line = tokio::time::timeout(Duration::from_secs(10), self.lines.next_line()).await;
        let line = line.expect("a line comes in time").unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    }

    async fn initialize(&mut self, revision: &str) {
        let params = json!({"protocolVersion": revision, "capabilities": {"elicitation": {}}});
        self.send(&json!({"jsonrpc": "2.0", "id": "init", "method": "initialize", "params": params})).await;
        assert_eq!(self.receive().await.unwrap()["result"]["protocolVersion"], revision);
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    }

    /// Closes the client's end, and waits for the server's.
    async fn close(mut self) {
        self.writer.shutdown().await.unwrap();
        assert_eq!(self.receive().await, None);
        self.serving.await.unwrap().unwrap();
    }
}

fn with_id(mut message: Value, id: u64) -> Value {
    message["id"] = json!(id);
    message
}

fn cancel(id: u64) -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
}

fn legacy_call(id: u64, tool: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call(tool, json!({}))})
}

#[tokio::test]
async fn both_eras_share_a_connection() {
    let server = Server::new();
    let mut client = Client::of(&server);
    client.send(&legacy_call(1, "echo")).await;
    assert_eq!(client.receive().await.unwrap()["error"]["code"], -32600, "not initialized");
    client.send(&modern_body("server/discover", json!({}))).await;
    assert_eq!(client.receive().await.unwrap()["result"]["resultType"], "complete");
    client.initialize("2025-11-25").await;
    client.send(&legacy_call(2, "array")).await;
    let legacy = client.receive().await.unwrap();
    assert_eq!(legacy["result"]["structuredContent"], json!({"result": [1, 2]}));
    assert!(legacy["result"]["resultType"].is_null());
    client.send(&modern_body("tools/call", call("array", json!({})))).await;
    assert_eq!(client.receive().await.unwrap()["result"]["structuredContent"], json!([1, 2]));
    client.close().await;
}

#[tokio::test]
async fn calls_run_side_by_side_and_are_cancelled_one_by_one() {
    let mut server = Server::new();
    let mut client = Client::of(&server);
    client.initialize("2025-11-25").await;
    client.send(&legacy_call(1, "hold")).await;
    assert_eq!(server.reported().await, "begun");
    client.send(&with_id(modern_body("tools/call", call("hold", json!({}))), 2)).await;
    assert_eq!(server.reported().await, "begun");
    client.send(&legacy_call(3, "echo")).await;
    assert_eq!(client.receive().await.unwrap()["id"], 3);

    client.send(&cancel(2)).await;
    assert_eq!(server.reported().await, "dropped");
    server.fixture.release.notify_waiters();
    assert_eq!(server.reported().await, "done");
    // The cancelled one is never answered.
    assert_eq!(client.receive().await.unwrap()["id"], 1);
    client.close().await;
}

#[tokio::test]
async fn a_cancellation_right_behind_its_request_finds_it() {
    let mut server = Server::new();
    let mut client = Client::of(&server);
    client.initialize("2025-11-25").await;
    let both = format!("{}\n{}\n", legacy_call(1, "hold"), cancel(1));
    client.writer.write_all(both.as_bytes()).await.unwrap();
    assert_eq!(server.reported().await, "begun");
    assert_eq!(server.reported().await, "dropped");
    client.close().await;
}

#[tokio::test]
async fn a_legacy_client_is_asked_and_answers() {
    let server = Server::new();
    let mut client = Client::of(&server);
    client.initialize("2025-06-18").await;
    client.send(&legacy_call(1, "ask")).await;
    let asked = client.receive().await.unwrap();
    assert_eq!(asked["method"], "elicitation/create");
    let result = json!({"action": "accept", "content": {"name": "Ada"}});
    client.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": result})).await;
    assert!(client.receive().await.unwrap()["result"]["content"][0]["text"].as_str().unwrap().contains("Ada"));
    client.close().await;
}

#[tokio::test]
async fn subscriptions_of_both_eras_tell_what_they_were_asked_for() {
    let server = Server::new();
    let mut client = Client::of(&server);
    let listen = modern_body("subscriptions/listen", json!({"notifications": {"resourcesListChanged": true}}));
    client.send(&with_id(listen, 5)).await;
    let acknowledged = client.receive().await.unwrap();
    assert_eq!(acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 5);
    client.initialize("2025-11-25").await;
    // Answered after `initialized` was taken, so the events are heard from here on.
    client.send(&legacy_call(1, "echo")).await;
    client.receive().await.unwrap();

    server.fixture.events.send(Event::ToolsChanged).unwrap();
    assert_eq!(client.receive().await.unwrap()["method"], "notifications/tools/list_changed");
    client.send(&cancel(5)).await;
    client.send(&legacy_call(2, "echo")).await;
    assert_eq!(client.receive().await.unwrap()["id"], 2);
    server.fixture.events.send(Event::ResourcesChanged).unwrap();
    let only = client.receive().await.unwrap();
    assert_eq!(only["method"], "notifications/resources/list_changed");
    assert!(only["params"]["_meta"].is_null(), "the modern subscription was cancelled");
    client.close().await;
}

#[tokio::test]
async fn nothing_is_told_of_a_call_that_has_ended() {
    let server = Server::new();
    let mut client = Client::of(&server);
    let params = json!({"name": "tell_later", "arguments": null, "_meta": {"progressToken": 1}});
    client.send(&modern_body("tools/call", params)).await;
    assert!(client.receive().await.unwrap()["result"].is_object());
    let kept = server.fixture.kept.lock().unwrap().take().unwrap();
    assert!(kept.wants_progress());
    kept.progress(1.0, None, None);
    // The end does not wait for who holds on to the client, either.
    client.close().await;
}

#[tokio::test]
async fn what_was_piped_in_is_answered_before_the_end() {
    let mut server = Server::new();
    let mut client = Client::of(&server);
    client.send(&modern_body("tools/call", call("hold", json!({})))).await;
    assert_eq!(server.reported().await, "begun");
    client.writer.shutdown().await.unwrap();
    server.fixture.release.notify_one();
    assert_eq!(client.receive().await.unwrap()["result"]["content"][0]["text"], "held");
    client.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_end_does_not_wait_for_ever() {
    let mut server = Server::new();
    let mut client = Client::of(&server);
    client.send(&modern_body("tools/call", call("hold", json!({})))).await;
    assert_eq!(server.reported().await, "begun");
    client.writer.shutdown().await.unwrap();
    client.serving.await.unwrap().unwrap();
    assert_eq!(server.reported().await, "dropped");
}

#[tokio::test]
async fn shutting_down_ends_the_connection() {
    let server = Server::new();
    let mut client = Client::of(&server);
    client.send(&modern_body("subscriptions/listen", json!({"notifications": {}}))).await;
    client.receive().await.unwrap();
    server.service.shutdown().await;
    assert_eq!(client.receive().await.unwrap()["result"]["resultType"], "complete");
    assert_eq!(client.receive().await, None);
    client.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn bad_lines_are_answered_and_the_next_ones_are_read() {
    let server = Server::with(Options { max_body: 1000, ..Options::default() }, None);
    let mut client = Client::of(&server);
    client.writer.write_all(b"{\n\xff\n").await.unwrap();
    client.writer.write_all(format!("\"{}\"\n", "x".repeat(2000)).as_bytes()).await.unwrap();
    client.writer.write_all(b"[]\n{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n").await.unwrap();
    for code in [-32700, -32700, -32600, -32600, -32600] {
        assert_eq!(client.receive().await.unwrap()["error"]["code"], code);
    }
    client.send(&modern_body("tools/call", call("echo", json!({})))).await;
    assert!(client.receive().await.unwrap()["result"].is_object());
    client.close().await;
}
