//! Clients whose id is the address of their metadata document.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{browser::Browser, client::Client, discover, world};
use crate::world::ok;

/// Makes a document of its own address.
type Make = fn(&str) -> Value;

/// Serves documents by path; each is made from its own address.
async fn serve(documents: Vec<(&'static str, Make)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut router = Router::new();
    for (path, make) in documents {
        let document = make(&format!("{base}{path}"));
        router = router.route(path, get(move || async move { Json(document) }));
    }
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

fn right(address: &str) -> Value {
    json!({"client_id": address, "client_name": "A documented client",
        "redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"})
}

#[tokio::test]
async fn a_client_needs_no_registration() {
    let world = world().await;
    let base = serve(vec![("/client.json", right)]).await;
    let client = Client::at(&world, &format!("{base}/client.json"));
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let page = browser.get(&client.authorize(&[])).await;
    assert!(page.body.contains("A documented client") && page.body.contains(&client.id), "{}", page.body);
    let answer = browser.decide(&page, "allow", "mcp").await;
    let tokens = ok(client.exchange(&client.code_of(&answer), &[]).await, 200).await;
    assert_eq!(discover(&world, "/mcp", tokens["access_token"].as_str().unwrap()).await.0, 200);
}

#[tokio::test]
async fn documents_that_are_not_the_clients_own_are_refused() {
    let world = world().await;
    let base = serve(vec![
        ("/other.json", |_| right("https://somebody.example/client.json")),
        ("/secret.json", |address| {
            json!({"client_id": address, "redirect_uris": ["https://a.example/"],
            "token_endpoint_auth_method": "client_secret_basic"})
        }),
        ("/harmful.json", |address| json!({"client_id": address, "redirect_uris": ["javascript:alert(1)"]})),
        ("/large.json", |address| {
            json!({"client_id": address, "redirect_uris": ["https://a.example/"],
            "padding": "x".repeat(20_000)})
        }),
        ("/text.json", |_| json!("no object")),
    ])
    .await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    for address in [
        format!("{base}/other.json"),
        format!("{base}/secret.json"),
        format!("{base}/harmful.json"),
        format!("{base}/large.json"),
        format!("{base}/text.json"),
        format!("{base}/missing.json"),
        format!("{base}/"),
        format!("{base}/other.json?x"),
        "http://localhost/client.json".to_owned(),
        "http://169.254.169.254/client.json".to_owned(),
        "https://10.0.0.1/client.json".to_owned(),
        "https://[::1]/client.json".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let seen = browser.get(&Client::at(&world, &address).authorize(&[])).await;
        assert_eq!((seen.status, seen.location.as_str()), (400, ""), "{address}");
    }
}
