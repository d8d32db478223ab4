use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{World, header, ok, options, problem};

#[tokio::test]
async fn other_hosts_and_origins_are_refused_at_every_door() {
    let world = World::new().await;
    for path in ["/mcp", "/api/v1/me", "/docs", "/openapi.json"] {
        let evil = world.get(path).header("host", "evil.example").send().await.unwrap();
        problem(evil, 403, "misdirected").await;
        for origin in ["http://evil.example", "null", "https://127.0.0.1.evil.example"] {
            let evil = world.get(path).header("origin", origin).send().await.unwrap();
            problem(evil, 403, "misdirected").await;
        }
    }
    let own = world.get("/api/v1/me").header("origin", &world.url).send().await.unwrap();
    ok(own, 200).await;
    let probe = world.request(Method::GET, "/health/ready").header("host", "10.1.2.3:8000").send().await.unwrap();
    ok(probe, 200).await;
}

#[tokio::test]
async fn cors_is_closed_unless_an_origin_is_configured() {
    let preflight = |world: &World, origin: &str| {
        let request = world.request(Method::OPTIONS, "/api/v1/me");
        request
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization, mcp-session-id")
            .send()
    };
    let closed = World::new().await;
    let own = preflight(&closed, &closed.url).await.unwrap();
    assert_eq!(header(&own, "access-control-allow-origin"), "");

    let cors_origins = vec!["https://app.example.com".to_owned()];
    let open = World::with(puente_api::Options { cors_origins, ..options() }).await;
    let allowed = preflight(&open, "https://app.example.com").await.unwrap();
    assert_eq!(header(&allowed, "access-control-allow-origin"), "https://app.example.com");
    assert_eq!(header(&allowed, "access-control-allow-headers"), "authorization, mcp-session-id");
    assert_eq!(header(&allowed, "access-control-allow-credentials"), "");
    let request = open.get("/api/v1/me").header("origin", "https://app.example.com").send().await.unwrap();
    assert_eq!(header(&request, "access-control-allow-origin"), "https://app.example.com");
    ok(request, 200).await;
    problem(preflight(&open, "https://evil.example").await.unwrap(), 403, "misdirected").await;
    // The scheme is part of an origin.
    problem(preflight(&open, "http://app.example.com").await.unwrap(), 403, "misdirected").await;
}

#[tokio::test]
async fn request_ids_are_kept_if_they_are_harmless() {
    let world = World::new().await;
    let id = async |given: &str| {
        let response = world.request(Method::GET, "/health").header("x-request-id", given).send().await.unwrap();
        header(&response, "x-request-id")
    };
    assert_eq!(id("my-id.1").await, "my-id.1");
    assert_ne!(id("my id").await, "my id");
    assert_ne!(id(&"x".repeat(100)).await, "x".repeat(100));
}

#[tokio::test]
async fn two_hosts_are_one_too_many() {
    let world = World::new().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head = format!("GET /docs HTTP/1.1\r\nhost: {0}\r\nhost: {0}\r\n\r\n", world.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}
