use std::time::Duration;

use puente_api::{Options, ServeOptions};
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{World, header, ok, options, problem};

const PATIENT: ServeOptions = ServeOptions {
    max_connections: 100,
    header_timeout: Duration::from_secs(30),
    write_timeout: Duration::from_secs(30),
};

/// Sends text as it is; the connection stays open.
async fn connect(world: &World, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(text.replace("HOST", &world.address.to_string()).as_bytes()).await.unwrap();
    stream
}

/// The status line; empty if the connection was closed without an answer.
async fn status(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 12];
    match stream.read_exact(&mut answer).await {
        Ok(_) => String::from_utf8(answer).unwrap(),
        Err(_) => String::new(),
    }
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let serve = ServeOptions { header_timeout: Duration::from_millis(50), ..PATIENT };
    let world = World::serving(options(), serve).await;
    for head in ["", "GET /health HTTP/1.1\r\nhost: HOST\r\nx-slow: "] {
        let mut stream = connect(&world, head).await;
        let mut answer = Vec::new();
        // Ends only when the server closes the connection.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{head:?}");
    }
}

#[tokio::test]
async fn a_client_that_pauses_within_a_body_is_told_so() {
    let world = World::with(Options { body_timeout: Duration::from_millis(50), ..options() }).await;
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    let mut stream = connect(&world, head).await;
    assert_eq!(status(&mut stream).await, "HTTP/1.1 408");
}

#[tokio::test]
async fn beyond_the_cap_clients_are_told_to_come_back() {
    let world = World::with(Options { max_in_flight: 1, ..options() }).await;
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n\
                content-length: 2\r\n\r\n";
    let mut holding = connect(&world, head).await;
    let refused = loop {
        let response = world.get("/api/v1/me").send().await.unwrap();
        if response.status().as_u16() == 503 {
            break response;
        }
    };
    assert_eq!(header(&refused, "retry-after"), "1");
    problem(refused, 503, "unavailable").await;
    ok(world.request(Method::GET, "/health/ready").send().await.unwrap(), 200).await;
    holding.write_all(b"{}").await.unwrap();
    assert_eq!(status(&mut holding).await, "HTTP/1.1 422");
    ok(world.get("/api/v1/me").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_http_are_refused() {
    let world = World::new().await;
    let large = format!("GET /health HTTP/1.1\r\nhost: HOST\r\nx-large: {}\r\n\r\n", "x".repeat(100_000));
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    // The server may close before all of it is sent.
    let _ = stream.write_all(large.as_bytes()).await;
    assert!(matches!(status(&mut stream).await.as_str(), "HTTP/1.1 431" | ""));
    for rubbish in ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "G\u{e4}T / HTTP/1.1\r\n\r\n"] {
        let mut stream = connect(&world, rubbish).await;
        assert!(matches!(status(&mut stream).await.as_str(), "HTTP/1.1 400" | ""), "{rubbish:?}");
    }
    ok(world.request(Method::GET, "/health").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_for_their_turn() {
    let world = World::serving(options(), ServeOptions { max_connections: 1, ..PATIENT }).await;
    let request = "GET /health/live HTTP/1.1\r\nhost: HOST\r\n\r\n";
    let mut first = connect(&world, request).await;
    assert_eq!(status(&mut first).await, "HTTP/1.1 200");
    let mut second = connect(&world, request).await;
    let waits = tokio::time::timeout(Duration::from_millis(50), status(&mut second)).await;
    assert!(waits.is_err(), "the first connection is still open");
    drop(first);
    assert_eq!(status(&mut second).await, "HTTP/1.1 200");
}

#[tokio::test]
async fn a_graceful_end_answers_what_it_took_and_takes_nothing_more() {
    let mut world = World::new().await;
    let mut idle = connect(&world, "GET /health/live HTTP/1.1\r\nhost: HOST\r\n\r\n").await;
    assert_eq!(status(&mut idle).await, "HTTP/1.1 200");
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n\
                content-length: 2\r\nexpect: 100-continue\r\n\r\n";
    let mut busy = connect(&world, head).await;
    // The server asks for the body: it has taken the request.
    assert_eq!(status(&mut busy).await, "HTTP/1.1 100");

    world.shutdown.cancel();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(!world.serving.is_finished(), "one request is not answered yet");
    busy.write_all(b"{}").await.unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("HTTP/1.1 422"), "{answer}");
    (&mut world.serving).await.unwrap();
    assert!(TcpStream::connect(world.address).await.is_err());
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_refused_at_once() {
    let world = World::new().await;
    let token = world.admin.clone();
    for path in ["/api/v1/auth/token", "/mcp"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\nauthorization: Bearer {token}\r\n\
             accept: application/json, text/event-stream\r\ncontent-length: 100000000\r\n\r\n{{"
        );
        if path == "/mcp" {
            let server = serde_json::json!({"name": "default", "include": ["*"]});
            ok(world.post("/api/v1/servers", &server).send().await.unwrap(), 201).await;
        }
        let mut stream = connect(&world, &head).await;
        assert_eq!(status(&mut stream).await, "HTTP/1.1 413", "{path}");
    }
}
