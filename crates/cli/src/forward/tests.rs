//! Against a server that answers as a test wants.

use std::{sync::Mutex, task::Poll};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method},
    response::Response,
};
use futures::StreamExt;
use serde_json::json;
use tokio::{
    io::{DuplexStream, Lines, ReadHalf, WriteHalf, duplex, split},
    net::TcpListener,
    sync::Notify,
};

use super::*;

type Requests = Arc<Mutex<Vec<(Method, HeaderMap, Value)>>>;

/// A client's end, and what reached the server.
struct Bridge {
    output: Lines<BufReader<ReadHalf<DuplexStream>>>,
    input: WriteHalf<DuplexStream>,
    requests: Requests,
    done: tokio::task::JoinHandle<io::Result<()>>,
}

async fn bridge(answer: fn(&Method, &HeaderMap, &Value) -> Response) -> Bridge {
    let requests = Requests::default();
    let seen = requests.clone();
    let handler = async move |method: Method, headers: HeaderMap, body: Bytes| {
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let response = answer(&method, &headers, &body);
        seen.lock().unwrap().push((method, headers, body));
        response
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    let (near, far) = duplex(64 * 1024);
    let (far_read, far_write) = split(far);
    let done = tokio::spawn(run(Upstream::new(url, "pk_test".into()).unwrap(), far_read, far_write));
    let (read, input) = split(near);
    Bridge { output: BufReader::new(read).lines(), input, requests, done }
}

impl Bridge {
    async fn say(&mut self, message: Value) {
        self.input.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        serde_json::from_str(&self.output.next_line().await.unwrap().expect("an answer")).unwrap()
    }

    fn request(&self, index: usize) -> (Method, HeaderMap, Value) {
        self.requests.lock().unwrap()[index].clone()
    }

    async fn close(mut self) {
        self.input.shutdown().await.unwrap();
        self.done.await.unwrap().unwrap();
        assert_eq!(self.output.next_line().await.unwrap(), None);
    }
}

fn json_answer(status: u16, value: &Value) -> Response {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Body::from(value.to_string())).unwrap()
}

fn events(text: &'static str) -> Response {
    Response::builder().header("content-type", "text/event-stream").body(Body::from(text)).unwrap()
}

fn modern(id: u32, method: &str, params: &Value) -> Value {
    let mut params = params.clone();
    params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[tokio::test]
async fn a_modern_call_repeats_itself_in_headers() {
    let mut bridge =
        bridge(|_, _, body| json_answer(200, &json!({"jsonrpc": "2.0", "id": body["id"], "result": {}}))).await;
    bridge.say(modern(1, "tools/call", &json!({"name": "büro", "arguments": {}}))).await;
    assert_eq!(bridge.hear().await, json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    let (method, headers, _) = bridge.request(0);
    assert_eq!(method, Method::POST);
    for (name, value) in [
        ("authorization", "Bearer pk_test"),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "=?base64?YsO8cm8=?="),
    ] {
        assert_eq!(headers[name], value);
    }
    bridge.close().await;
}

#[tokio::test]
async fn a_stream_becomes_lines() {
    let mut bridge = bridge(|_, _, _| {
        events("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n")
    })
    .await;
    bridge.say(modern(1, "tools/list", &json!({}))).await;
    assert_eq!(bridge.hear().await["method"], "notifications/progress");
    assert_eq!(bridge.hear().await["id"], 1);
    bridge.close().await;
}

#[tokio::test]
async fn every_request_gets_an_answer() {
    let mut bridge = bridge(|_, _, body| match body["id"].as_u64() {
        Some(1) => json_answer(401, &json!({"title": "Unauthorized", "detail": "the API key is not known"})),
        Some(2) => events("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n"),
        Some(3) => json_answer(404, &json!({"jsonrpc": "2.0", "id": 3, "error": {"code": -32601, "message": "no"}})),
        _ => Response::builder().status(202).body(Body::empty()).unwrap(),
    })
    .await;
    bridge.say(modern(1, "tools/list", &json!({}))).await;
    let refused = bridge.hear().await;
    assert_eq!(refused["id"], 1);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("PUENTE_API_KEY") && message.contains("not known"), "{message}");
    bridge.say(modern(2, "tools/list", &json!({}))).await;
    assert_eq!(bridge.hear().await["method"], "notifications/message");
    assert!(bridge.hear().await["error"]["message"].as_str().unwrap().contains("cut off"));
    bridge.say(modern(3, "nonsense", &json!({}))).await;
    assert_eq!(bridge.hear().await["error"]["code"], -32601);
    bridge.input.write_all(b"{nonsense\n").await.unwrap();
    assert_eq!(bridge.hear().await["error"]["code"], -32700);
    bridge.close().await;
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error_for_each_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    drop(listener);
    let (near, far) = duplex(64 * 1024);
    let (far_read, far_write) = split(far);
    tokio::spawn(run(Upstream::new(url, "pk_test".into()).unwrap(), far_read, far_write));
    let (read, mut input) = split(near);
    input.write_all(format!("{}\n", modern(7, "tools/list", &json!({}))).as_bytes()).await.unwrap();
    let line = BufReader::new(read).lines().next_line().await.unwrap().unwrap();
    let answer: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(answer["id"], 7);
    assert!(answer["error"]["message"].as_str().unwrap().contains("does not answer"), "{answer}");
}

#[tokio::test]
async fn a_tool_that_wants_headers_gets_them_from_its_schema() {
    let mut bridge = bridge(|_, headers, body| {
        let id = &body["id"];
        if body["method"] == "tools/list" {
            let schema = json!({"properties": {"region": {"type": "string", "x-mcp-header": "Region"}}});
            let tools = json!([{"name": "other"}, {"name": "sales", "inputSchema": schema}]);
            return json_answer(200, &json!({"jsonrpc": "2.0", "id": id, "result": {"tools": tools}}));
        }
        if headers.get("mcp-param-region").is_some_and(|value| value == "eu") {
            return json_answer(200, &json!({"jsonrpc": "2.0", "id": id, "result": {}}));
        }
        json_answer(400, &json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32020, "message": "missing"}}))
    })
    .await;
    bridge.say(modern(1, "tools/call", &json!({"name": "sales", "arguments": {"region": "eu"}}))).await;
    assert_eq!(bridge.hear().await, json!({"jsonrpc": "2.0", "id": 1, "result": {}}));
    bridge.close().await;
}

#[tokio::test]
async fn cancelling_a_modern_call_ends_its_response() {
    let mut bridge = bridge(|_, _, body| match body["id"].as_u64() {
        Some(1) => {
            let started = Bytes::from_static(b"data: {\"jsonrpc\":\"2.0\",\"method\":\"started\"}\n\n");
            Response::builder().header("content-type", "text/event-stream").body(endless(started)).unwrap()
        }
        _ => json_answer(200, &json!({"jsonrpc": "2.0", "id": body["id"], "result": {}})),
    })
    .await;
    bridge.say(modern(1, "tools/call", &json!({"name": "slow"}))).await;
    assert_eq!(bridge.hear().await["method"], "started");
    bridge.say(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})).await;
    bridge.say(modern(2, "tools/list", &json!({}))).await;
    assert_eq!(bridge.hear().await["id"], 2);
    assert_eq!(bridge.requests.lock().unwrap().len(), 2, "the notification itself is not sent");
    let patience = Duration::from_mins(1);
    tokio::time::timeout(patience, GIVEN_UP.notified()).await.expect("the server's response has ended");
    bridge.close().await;
}

static GIVEN_UP: Notify = Notify::const_new();

/// Tells when the server gives a body up.
struct Watched;

impl Drop for Watched {
    fn drop(&mut self) {
        GIVEN_UP.notify_one();
    }
}

/// A body that begins and never ends by itself.
fn endless(first: Bytes) -> Body {
    let watched = Watched;
    let first = futures::stream::once(async { Ok::<_, io::Error>(first) });
    let rest = futures::stream::poll_fn(move |_| {
        let _ = &watched;
        Poll::Pending
    });
    Body::from_stream(first.chain(rest))
}

#[tokio::test]
async fn a_legacy_session_is_kept_and_ended() {
    let mut bridge = bridge(|method, _, body| {
        if *method == Method::GET {
            return events("id: 9\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n");
        }
        if body["method"] == "initialize" {
            let result = json!({"protocolVersion": "2025-11-25", "capabilities": {}});
            let mut response = json_answer(200, &json!({"jsonrpc": "2.0", "id": body["id"], "result": result}));
            response.headers_mut().insert("mcp-session-id", "s1".parse().unwrap());
            return response;
        }
        Response::builder().status(202).body(Body::empty()).unwrap()
    })
    .await;
    bridge.say(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}})).await;
    assert_eq!(bridge.hear().await["result"]["protocolVersion"], "2025-11-25");
    bridge.say(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    assert_eq!(bridge.hear().await["method"], "notifications/tools/list_changed");
    let requests = bridge.requests.clone();
    bridge.close().await;
    let requests = requests.lock().unwrap();
    assert!(requests[0].1.get("mcp-session-id").is_none());
    for (_, headers, _) in &requests[1..] {
        assert_eq!(
            (&headers["mcp-session-id"], &headers["mcp-protocol-version"]),
            (&"s1".parse().unwrap(), &"2025-11-25".parse().unwrap())
        );
    }
    assert_eq!(requests.last().unwrap().0, Method::DELETE);
}
