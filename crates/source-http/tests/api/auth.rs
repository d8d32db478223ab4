//! Credentials.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::join_all;
use puente_domain::catalog::Origin;
use puente_source_http::HttpConnector;
use puente_sources::{Connector, Definition, Egress, SourceError};
use serde_json::{Value, json};

use super::support::{Api, answer, call, definition, text};

fn tools() -> Value {
    json!({"get": {"path": "/a"}})
}

async fn sent(auth: Value) -> (Api, super::support::Seen) {
    let api = Api::start(|_| answer(200, "application/json", "{}")).await;
    let source = api.source(json!({"auth": auth}), &tools());
    call(&*source, "get", json!({})).await.unwrap();
    let seen = api.last();
    (api, seen)
}

#[tokio::test]
async fn each_way_is_sent_as_it_should_be() {
    let (_api, seen) = sent(json!({"type": "bearer", "token": "t0k"})).await;
    assert_eq!(seen.header("authorization"), Some("Bearer t0k"));
    let (_api, seen) = sent(json!({"type": "basic", "username": "Aladdin", "password": "open sesame"})).await;
    assert_eq!(seen.header("authorization"), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    let (_api, seen) = sent(json!({"type": "header", "name": "X-Api-Key", "value": "k"})).await;
    assert_eq!(seen.header("x-api-key"), Some("k"));
    let (_api, seen) = sent(json!({"type": "query", "name": "api key", "value": "k&"})).await;
    assert_eq!(seen.target, "/a?api%20key=k%26");
}

/// An API with an authorization server: each token it gives is good until `revoked` says otherwise.
async fn guarded(revoked: Arc<AtomicUsize>) -> Api {
    let given = Arc::new(AtomicUsize::new(0));
    Api::start(move |seen| {
        if seen.target == "/token" {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            return answer(
                200,
                "application/json",
                json!({"access_token": format!("t{number}"), "expires_in": 3600}).to_string(),
            );
        }
        let token = seen.header("authorization").unwrap_or_default().strip_prefix("Bearer t");
        let good = token
            .and_then(|number| number.parse().ok())
            .is_some_and(|number: usize| number > revoked.load(Ordering::SeqCst));
        if good { answer(200, "application/json", "{}") } else { answer(401, "application/json", "{}") }
    })
    .await
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_again_when_it_is_refused() {
    let revoked = Arc::new(AtomicUsize::new(0));
    let api = guarded(revoked.clone()).await;
    let auth = json!({
        "type": "oauth2", "token_url": format!("{}/token", api.url()), "client_id": "id:1", "client_secret": "s3c",
        "scopes": ["read", "write"], "parameters": {"audience": "shop"},
    });
    let source = api.source(json!({"auth": auth}), &tools());
    let results = join_all((0..20).map(|_| call(&*source, "get", json!({})))).await;
    assert!(results.into_iter().all(|result| !result.unwrap().is_error));
    let tokens = || api.seen.lock().unwrap().iter().filter(|seen| seen.target == "/token").count();
    assert_eq!(tokens(), 1);
    let asked = api.seen.lock().unwrap()[0].clone();
    assert_eq!(asked.text(), "grant_type=client_credentials&scope=read%20write&audience=shop");
    assert_eq!(asked.header("authorization"), Some("Basic aWQlM0ExOnMzYw=="));

    revoked.store(1, Ordering::SeqCst);
    assert!(!call(&*source, "get", json!({})).await.unwrap().is_error);
    assert_eq!(tokens(), 2);
    // A token that is refused as soon as it is given is no reason to ask on and on.
    revoked.store(usize::MAX, Ordering::SeqCst);
    let refused = call(&*source, "get", json!({})).await.unwrap();
    assert!(refused.is_error && text(&refused).contains("401"), "{}", text(&refused));
    assert_eq!(tokens(), 3);
}

#[tokio::test]
async fn a_token_server_that_the_guard_refuses_says_nothing_about_the_api() {
    let api = Api::start(|_| answer(200, "application/json", "{}")).await;
    let settings = json!({"base_url": api.url(), "auth": {
        "type": "oauth2", "token_url": "http://localhost:1/token", "client_id": "i", "client_secret": "s",
    }});
    let egress = Egress {
        allow: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        own: vec![("localhost".to_owned(), 1)],
        ..Egress::default()
    };
    let definition = Definition { origin: Origin::Editor, egress: Arc::new(egress), ..definition(&settings, &tools()) };
    let source = HttpConnector.connect(definition).unwrap();
    let refused = call(&*source, "get", json!({})).await.unwrap_err();
    assert!(matches!(&refused, SourceError::Definition(said) if said.contains("own database")), "{refused:?}");
    assert_eq!(api.count(), 0);
}

#[tokio::test]
async fn a_token_that_lives_for_ever_is_a_token() {
    let api = Api::start(|seen| match seen.target.as_str() {
        "/token" => answer(200, "application/json", r#"{"access_token": "t1", "expires_in": 18446744073709551615}"#),
        _ => answer(200, "application/json", "{}"),
    })
    .await;
    let auth = json!({
        "type": "oauth2", "token_url": format!("{}/token", api.url()), "client_id": "i", "client_secret": "s",
    });
    let source = api.source(json!({"auth": auth}), &tools());
    for _ in 0..2 {
        call(&*source, "get", json!({})).await.unwrap();
    }
    assert_eq!((api.last().header("authorization"), api.count()), (Some("Bearer t1"), 3));
}

#[tokio::test]
async fn an_api_that_repeats_a_credential_is_not_quoted_with_it() {
    let api = Api::start(|seen| match seen.target.as_str() {
        target if target.starts_with("/moved") => axum::response::Response::builder()
            .status(307)
            .header("location", target.replace("/moved", "http://192.0.2.1/there"))
            .body("".into())
            .unwrap(),
        target => answer(400, "text/plain", format!("{target} {:?}", seen.headers)),
    })
    .await;
    let tools = json!({"get": {"path": "/a"}, "post": {"method": "POST", "path": "/moved"}});
    for auth in [
        json!({"type": "query", "name": "api_key", "value": "s3cr&t-k3y"}),
        json!({"type": "bearer", "token": "s3cr&t-k3y"}),
        json!({"type": "header", "name": "X-Credential", "value": "s3cr&t-k3y"}),
    ] {
        let settings = json!({"auth": auth, "headers": {"X-Api-Key": "0wn-k3y", "X-Client": "puente"}});
        let source = api.source(settings, &tools);
        let told = text(&call(&*source, "get", json!({})).await.unwrap());
        assert!(told.contains("[concealed]") && told.contains("\"x-client\": \"puente\""), "{told}");
        assert!(!told.contains("k3y"), "{told}");
        let told = text(&call(&*source, "post", json!({})).await.unwrap());
        assert!(told.contains("(to http://192.0.2.1/there, which was not followed)"), "{told}");
    }
}

#[tokio::test]
async fn an_authorization_server_that_refuses_is_quoted() {
    let api = Api::start(|_| answer(400, "application/json", r#"{"error": "invalid_client"}"#)).await;
    let auth = json!({
        "type": "oauth2", "token_url": format!("{}/token", api.url()), "client_id": "i", "client_secret": "s",
        "client_secret_in": "body",
    });
    let source = api.source(json!({"auth": auth}), &tools());
    let error = call(&*source, "get", json!({})).await.unwrap_err().to_string();
    assert!(error.contains("gives no token (invalid_client)"), "{error}");
    assert_eq!(api.last().text(), "grant_type=client_credentials&client_id=i&client_secret=s");
}
