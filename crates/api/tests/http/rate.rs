//! `RATE_LIMIT` holds at every door, and another key is no way around it.

use std::time::Duration;

use puente_domain::Role;
use puente_gateway::Settings;
use puente_sources::RateLimit;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::world::{ADMIN, World, header, ok, problem};

/// Five requests, and the next one in twelve minutes.
async fn world() -> World {
    let principal_rate = RateLimit { calls: 5, per: Duration::from_hours(1) };
    World::limited(Settings { principal_rate, ..Settings::default() }).await
}

async fn me(world: &World, token: &str) -> Response {
    world.request(Method::GET, "/api/v1/me").bearer_auth(token).send().await.unwrap()
}

async fn initialize(world: &World, token: &str, info: &Value) -> Response {
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    let request = world.request(Method::POST, "/mcp").header("accept", "application/json, text/event-stream");
    request.bearer_auth(token).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn requests_of_the_rest_api_count() {
    let world = world().await;
    for _ in 0..5 {
        ok(me(&world, &world.admin).await, 200).await;
    }
    let limited = me(&world, &world.admin).await;
    assert!(header(&limited, "retry-after").parse::<u64>().unwrap() > 0);
    problem(limited, 429, "limited").await;
}

#[tokio::test]
async fn keys_of_a_member_count_together_and_those_of_an_administrator_alone() {
    let world = world().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    for _ in 0..4 {
        ok(me(&world, &ana).await, 200).await;
    }
    let new = json!({"name": "more", "role": "member"});
    let made = world.request(Method::POST, "/api/v1/keys").bearer_auth(&ana).json(&new).send().await.unwrap();
    let made = ok(made, 201).await;
    let more = made["secret"].as_str().or(made["key"].as_str()).expect("the key's text").to_owned();
    problem(me(&world, &more).await, 429, "limited").await;
    problem(me(&world, &ana).await, 429, "limited").await;
    let (first, second) = (world.admin.clone(), world.key(ADMIN, "agent-2", Role::Member, &[]).await);
    for _ in 0..5 {
        ok(me(&world, &first).await, 200).await;
    }
    ok(me(&world, &second).await, 200).await;
}

#[tokio::test]
async fn new_sessions_count() {
    let world = world().await;
    ok(world.post("/api/v1/servers", &json!({"name": "default", "include": ["*"]})).send().await.unwrap(), 201).await;
    let info = json!({"name": "test", "version": "1"});
    for _ in 0..4 {
        ok(initialize(&world, &world.admin, &info).await, 200).await;
    }
    let limited = initialize(&world, &world.admin, &info).await;
    assert_eq!(limited.status(), 429);
    assert!(header(&limited, "retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn refusals_count_and_do_not_fill_the_trail() {
    let world = world().await;
    let enter = || world.request(Method::POST, "/servers/none/mcp").bearer_auth(&world.admin).body("{}").send();
    for _ in 0..5 {
        assert_eq!(enter().await.unwrap().status(), 404);
    }
    let limited = enter().await.unwrap();
    assert_eq!(limited.status(), 429);
    assert!(header(&limited, "retry-after").parse::<u64>().unwrap() > 0);
}
