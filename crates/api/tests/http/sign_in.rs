use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::world::{ADMIN, PASSWORD, World, header, ok, problem};

async fn token(world: &World, body: &Value) -> Response {
    world.request(Method::POST, "/api/v1/auth/token").json(body).send().await.unwrap()
}

async fn form(world: &World, body: &'static str) -> Response {
    let request = world.request(Method::POST, "/api/v1/auth/token");
    request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
}

async fn me(world: &World, token: &Value) -> Response {
    world.request(Method::GET, "/api/v1/me").bearer_auth(token.as_str().unwrap()).send().await.unwrap()
}

#[tokio::test]
async fn json_and_the_oauth_form_give_tokens() {
    let world = World::new().await;
    let response = token(&world, &json!({"email": ADMIN, "password": PASSWORD})).await;
    assert_eq!(header(&response, "cache-control"), "no-store");
    let pair = ok(response, 200).await;
    assert_eq!((&pair["token_type"], &pair["expires_in"]), (&json!("Bearer"), &json!(1800)));
    ok(me(&world, &pair["access_token"]).await, 200).await;

    let body = "grant_type=password&username=admin%40example.com&password=correct+horse%20battery&client_id=x";
    let pair = ok(form(&world, body).await, 200).await;
    ok(me(&world, &pair["access_token"]).await, 200).await;
    let refused = problem(form(&world, "grant_type=client_credentials").await, 422, "invalid").await;
    assert_eq!(refused["errors"][0]["path"], "grant_type");
    let refused = problem(form(&world, "grant_type=password&username=x").await, 422, "invalid").await;
    assert_eq!(refused["errors"][0]["path"], "password");
    let refused = token(&world, &json!({"email": ADMIN, "password": PASSWORD, "role": "admin"})).await;
    problem(refused, 422, "invalid").await;
}

#[tokio::test]
async fn wrong_passwords_are_told_alike_and_lock() {
    let world = World::new().await;
    for email in [ADMIN, "nobody@example.com"] {
        let mut told = Vec::new();
        for _ in 0..5 {
            let wrong = token(&world, &json!({"email": email, "password": "wrong password"})).await;
            told.push(problem(wrong, 401, "unauthenticated").await["detail"].clone());
        }
        assert!(
            told.iter().all(|detail| detail == "authentication failed: wrong e-mail address or password"),
            "{told:?}"
        );
        let locked = token(&world, &json!({"email": email, "password": PASSWORD})).await;
        let wait: u64 = header(&locked, "retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait));
        problem(locked, 429, "limited").await;
    }
}

#[tokio::test]
async fn refresh_rotates_and_reuse_ends_the_sign_in() {
    let world = World::new().await;
    let refresh = |token: Value| {
        let request = world.request(Method::POST, "/api/v1/auth/refresh");
        async move { request.json(&json!({"refresh_token": token})).send().await.unwrap() }
    };
    let first = ok(token(&world, &json!({"email": ADMIN, "password": PASSWORD})).await, 200).await;
    let second = ok(refresh(first["refresh_token"].clone()).await, 200).await;
    ok(me(&world, &second["access_token"]).await, 200).await;
    problem(refresh(first["refresh_token"].clone()).await, 401, "unauthenticated").await;
    problem(refresh(second["refresh_token"].clone()).await, 401, "unauthenticated").await;
    problem(me(&world, &second["access_token"]).await, 401, "unauthenticated").await;
}

#[tokio::test]
async fn signing_out_ends_the_sign_in() {
    let world = World::new().await;
    let pair = ok(token(&world, &json!({"email": ADMIN, "password": PASSWORD})).await, 200).await;
    let logout =
        |token: Value| world.request(Method::POST, "/api/v1/auth/logout").json(&json!({"token": token})).send();
    ok(logout(pair["access_token"].clone()).await.unwrap(), 204).await;
    problem(me(&world, &pair["access_token"]).await, 401, "unauthenticated").await;
    ok(logout(json!("unknown")).await.unwrap(), 204).await;
}

#[tokio::test]
async fn a_person_changes_its_own_password() {
    let world = World::new().await;
    let pair = ok(token(&world, &json!({"email": ADMIN, "password": PASSWORD})).await, 200).await;
    let change = |body: Value| {
        let request = world.request(Method::PUT, "/api/v1/me/password");
        request.bearer_auth(pair["access_token"].as_str().unwrap()).json(&body).send()
    };
    let wrong = change(json!({"current_password": "wrong password", "new_password": "a new password"}));
    assert_eq!(problem(wrong.await.unwrap(), 422, "invalid").await["errors"][0]["path"], "current_password");
    let right = change(json!({"current_password": PASSWORD, "new_password": "a new password"}));
    ok(right.await.unwrap(), 204).await;
    problem(me(&world, &pair["access_token"]).await, 401, "unauthenticated").await;
    ok(token(&world, &json!({"email": ADMIN, "password": "a new password"})).await, 200).await;
}
