use puente_domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::world::{ADMIN, World, header, ok, problem};

#[tokio::test]
async fn without_a_valid_token_the_answer_says_how_to_authenticate() {
    let world = World::new().await;
    let send = |value: Option<&str>| {
        let request = world.request(Method::GET, "/api/v1/me");
        value.map_or(request.try_clone().unwrap(), |value| request.header("authorization", value)).send()
    };
    for (value, challenge) in [
        (None, "Bearer"),
        (Some("Basic YWRtaW46YWRtaW4="), "Bearer"),
        (Some("Bearer"), "Bearer"),
        (Some("Bearer pk_nothing"), "Bearer error=\"invalid_token\""),
        (Some("Bearer a.b.c"), "Bearer error=\"invalid_token\""),
        (Some("Bearer eyJhbGciOiJub25lIn0.e30."), "Bearer error=\"invalid_token\""),
    ] {
        let response = send(value).await.unwrap();
        assert_eq!(header(&response, "www-authenticate"), challenge, "{value:?}");
        problem(response, 401, "unauthenticated").await;
    }
    ok(send(Some(&format!("bearer {}", world.admin))).await.unwrap(), 200).await;
}

#[tokio::test]
async fn tokens_elsewhere_than_in_the_header_are_not_looked_at() {
    let world = World::new().await;
    let query = format!("/api/v1/me?access_token={}", world.admin);
    problem(world.request(Method::GET, &query).send().await.unwrap(), 401, "unauthenticated").await;
    let cookie = format!("token={}; Authorization=Bearer {}", world.admin, world.admin);
    let response = world.request(Method::GET, "/api/v1/me").header("cookie", cookie).send().await.unwrap();
    problem(response, 401, "unauthenticated").await;
    let twice = world.get("/api/v1/me").header("authorization", format!("Bearer {}", world.admin));
    problem(twice.send().await.unwrap(), 401, "unauthenticated").await;
}

#[tokio::test]
async fn me_is_the_caller_and_keys_are_shown_once() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Member).await;
    let me = ok(world.request(Method::GET, "/api/v1/me").bearer_auth(&ana).send().await.unwrap(), 200).await;
    assert_eq!((&me["kind"], &me["role"]), (&json!("key"), &json!("member")));
    assert_eq!(me["user"]["email"], "ana@example.com");

    let body = json!({"name": "laptop", "scopes": ["mcp"]});
    let create = world.request(Method::POST, "/api/v1/keys").bearer_auth(&ana).json(&body);
    let created = ok(create.send().await.unwrap(), 201).await;
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.starts_with("pk_"));
    let listed = world.request(Method::GET, "/api/v1/me/keys").bearer_auth(&ana).send().await.unwrap();
    let listed = listed.text().await.unwrap();
    assert!(listed.contains("laptop") && !listed.contains(secret), "{listed}");

    let disable = world.request(Method::POST, "/api/v1/keys/laptop/disable").bearer_auth(&ana);
    ok(disable.send().await.unwrap(), 204).await;
    let refused = world.request(Method::GET, "/api/v1/me").bearer_auth(secret).send().await.unwrap();
    problem(refused, 401, "unauthenticated").await;
}

#[tokio::test]
async fn a_secret_is_never_told() {
    let world = World::new().await;
    let set = world.request(Method::PUT, "/api/v1/secrets/erp.password").bearer_auth(&world.admin);
    ok(set.json(&json!({"value": "hunter2hunter2"})).send().await.unwrap(), 204).await;
    for path in ["/api/v1/secrets", "/api/v1/audit", "/api/v1/catalog", "/api/v1/users", "/api/v1/keys"] {
        let text = world.get(path).send().await.unwrap().text().await.unwrap();
        for told in ["hunter2", "argon2", "password_hash", world.admin.as_str()] {
            assert!(!text.contains(told), "{path} tells {told}");
        }
    }
    let rotated = ok(world.post("/api/v1/secrets/rotate", &json!({})).send().await.unwrap(), 200).await;
    assert_eq!(rotated["unchanged"], 1);
    problem(world.get("/api/v1/secrets/erp.password").send().await.unwrap(), 405, "method-not-allowed").await;
}

#[tokio::test]
async fn a_disabled_account_is_refused_at_once() {
    let world = World::new().await;
    let ana = world.user("ana@example.com", Role::Admin).await;
    ok(world.request(Method::GET, "/api/v1/users").bearer_auth(&ana).send().await.unwrap(), 200).await;
    ok(world.post("/api/v1/users/ana@example.com/disable", &json!({})).send().await.unwrap(), 200).await;
    let refused = world.request(Method::GET, "/api/v1/users").bearer_auth(&ana).send().await.unwrap();
    problem(refused, 401, "unauthenticated").await;
    let last = world.post(&format!("/api/v1/users/{ADMIN}/disable"), &json!({})).send().await.unwrap();
    let last = problem(last, 422, "invalid").await;
    assert!(last["detail"].as_str().unwrap().contains("last administrator"));
}
