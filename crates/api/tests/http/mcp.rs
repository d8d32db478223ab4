use puente_domain::{Role, audit::Outcome};
use puente_gateway::Actor;
use puente_storage::{AuditFilter, Page};
use reqwest::{Method, Response};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{World, header, ok, problem};

async fn initialize(world: &World, path: &str, token: Option<&str>) -> Response {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}});
    let mut request = world.request(Method::POST, path).header("accept", "application/json, text/event-stream");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.json(&body).send().await.unwrap()
}

#[tokio::test]
async fn without_a_token_agents_are_told_to_bring_one() {
    let world = World::new().await;
    for path in ["/mcp", "/servers/default/mcp", "/servers/nothing/mcp"] {
        let metadata = format!("{}/.well-known/oauth-protected-resource{path}", world.url);
        let way = format!("resource_metadata=\"{metadata}\", scope=\"mcp\"");
        for (method, token, challenge) in [
            (Method::POST, None, format!("Bearer {way}")),
            (Method::GET, None, format!("Bearer {way}")),
            (Method::DELETE, None, format!("Bearer {way}")),
            (Method::POST, Some("pk_wrong"), format!("Bearer error=\"invalid_token\", {way}")),
        ] {
            let mut request = world.request(method, path);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await.unwrap();
            assert_eq!(header(&response, "www-authenticate"), challenge, "{path}");
            problem(response, 401, "unauthenticated").await;
        }
    }
}

#[tokio::test]
async fn the_caller_is_known_before_the_body_is_read() {
    let world = World::new().await;
    // The server must answer although the body never comes: reqwest would wait for it, so this is written by hand.
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = format!("POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000\r\n\r\n{{", world.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[tokio::test]
async fn grants_open_doors_and_their_end_closes_them() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let server = json!({"name": "erp", "include": ["*"]});
    ok(world.post("/api/v1/servers", &server).send().await.unwrap(), 201).await;
    let door = "/servers/erp/mcp";

    problem(initialize(&world, door, Some(&ana)).await, 403, "forbidden").await;
    problem(initialize(&world, "/mcp", Some(&ana)).await, 403, "forbidden").await;
    problem(initialize(&world, "/servers/nothing/mcp", Some(&ana)).await, 404, "not-found").await;
    let grant = json!({"server": "erp", "grantee": "user:ana@example.com"});
    ok(world.post("/api/v1/grants", &grant).send().await.unwrap(), 201).await;
    problem(initialize(&world, door, Some(&ana)).await, 403, "forbidden").await;
    let grant = json!({"server": "erp", "grantee": "key:ana-example-com"});
    let grant = ok(world.post("/api/v1/grants", &grant).send().await.unwrap(), 201).await;
    let welcome = ok(initialize(&world, door, Some(&ana)).await, 200).await;
    assert_eq!(welcome["result"]["protocolVersion"], "2025-11-25");
    ok(initialize(&world, "/mcp", Some(&world.admin)).await, 200).await;

    let id = grant["id"].as_str().unwrap().parse().unwrap();
    world.gateway.remove_grant(&Actor::operator(), id).await.unwrap();
    problem(initialize(&world, door, Some(&ana)).await, 403, "forbidden").await;
}

#[tokio::test]
async fn an_open_server_needs_no_token_but_refuses_a_wrong_one() {
    let world = World::new().await;
    let server = json!({"name": "public", "include": ["*"], "open": true});
    ok(world.post("/api/v1/servers", &server).send().await.unwrap(), 201).await;
    ok(initialize(&world, "/servers/public/mcp", None).await, 200).await;
    problem(initialize(&world, "/servers/public/mcp", Some("pk_wrong")).await, 401, "unauthenticated").await;
    problem(initialize(&world, "/mcp", None).await, 401, "unauthenticated").await;
}

#[tokio::test]
async fn what_is_refused_before_it_is_a_call_is_in_the_trail() {
    let world = World::new().await;
    ok(world.post("/api/v1/servers", &json!({"name": "default", "include": ["*"]})).send().await.unwrap(), 201).await;
    let ana = world.user("ana@example.com", Role::Member).await;
    problem(initialize(&world, "/servers/nothing/mcp", Some(&ana)).await, 404, "not-found").await;
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "erp_pay", "arguments": {}, "_meta": meta}});
    let request = world.request(Method::POST, "/mcp").header("accept", "application/json, text/event-stream");
    let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
    let response = request.header("mcp-name", "erp_other").bearer_auth(&world.admin).json(&call).send().await.unwrap();
    assert_eq!(ok(response, 400).await["error"]["code"], -32020);
    world.gateway.audit_flush().await.unwrap();
    for (action, target, server) in [("servers/enter", "nothing", None), ("tools/call", "erp_pay", Some("default"))] {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let rows = world.gateway.audit_list(&Actor::operator(), filter, &Page::default()).await.unwrap().items;
        let row = rows.iter().find(|row| row.target == target).unwrap_or_else(|| panic!("{action}: {rows:#?}"));
        assert_eq!((row.outcome, row.server.as_deref()), (Outcome::Refused, server));
    }
}
