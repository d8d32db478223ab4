//! Where requests may go: redirects, and the egress guard at each connect.

use std::sync::Arc;

use axum::response::Response;
use puente_domain::catalog::Origin;
use puente_source_http::HttpConnector;
use puente_sources::{Connector, Egress, SourceError};
use serde_json::{Value, json};

use super::support::{Api, answer, call, definition, text};

fn redirect(status: u16, location: &str) -> Response {
    Response::builder().status(status).header("location", location).body("".into()).unwrap()
}

fn tools() -> Value {
    json!({"get": {"path": "/start", "parameters": {"tenant": {"in": "header", "name": "X-Tenant", "fixed": "acme"}}},
           "post": {"method": "POST", "path": "/start", "body": {"fixed": {"a": 1}}}})
}

fn settings() -> Value {
    json!({"auth": {"type": "bearer", "token": "t0k"}, "headers": {"X-Own": "1"}})
}

#[tokio::test]
async fn credentials_stay_with_their_host() {
    let other = Api::start(|_| answer(200, "application/json", r#"{"here":1}"#)).await;
    let elsewhere = format!("{}/there?x=1", other.url());
    let api = Api::start(move |_| redirect(307, &elsewhere)).await;
    let source = api.source(settings(), &tools());
    assert_eq!(text(&call(&*source, "get", json!({})).await.unwrap()), r#"{"here":1}"#);
    let seen = other.last();
    assert_eq!(seen.target, "/there?x=1");
    for name in ["authorization", "x-own", "x-tenant", "cookie"] {
        assert_eq!(seen.header(name), None, "{name}");
    }
    assert_eq!(api.last().header("authorization"), Some("Bearer t0k"));
    let refused = call(&*source, "post", json!({})).await.unwrap();
    assert!(refused.is_error && text(&refused).contains("which was not followed"), "{}", text(&refused));
    assert_eq!(other.count(), 1);
}

#[tokio::test]
async fn the_same_host_gets_all_of_it_and_rounds_end() {
    let api = Api::start(|seen| match seen.target.as_str() {
        "/start" => redirect(308, "/end"),
        "/end" if seen.method == "POST" => answer(200, "application/json", "{}"),
        _ => redirect(302, "/end"),
    })
    .await;
    let source = api.source(settings(), &tools());
    call(&*source, "post", json!({})).await.unwrap();
    let seen = api.last();
    assert_eq!((seen.text(), seen.header("authorization")), (r#"{"a":1}"#, Some("Bearer t0k")));
    let error = call(&*source, "get", json!({})).await.unwrap_err().to_string();
    assert!(error.contains("without an end"), "{error}");
}

#[tokio::test]
async fn the_guard_is_asked_at_each_connect() {
    // A redirect to the metadata service, as an address, as a name of it in IPv6, and as an editor's way home.
    let api = Api::start(|seen| match seen.target.as_str() {
        "/meta" => redirect(302, "http://169.254.169.254/latest/meta-data/"),
        _ => redirect(302, "http://[::ffff:169.254.169.254]/latest/meta-data/"),
    })
    .await;
    let tools = json!({"meta": {"path": "/meta"}, "mapped": {"path": "/mapped"}});
    let source = api.source(json!({"retries": 0}), &tools);
    for tool in ["meta", "mapped"] {
        let error = call(&*source, tool, json!({})).await.unwrap_err().to_string();
        assert!(error.contains("are not allowed"), "{error}");
    }
    let mut definition =
        definition(&json!({"base_url": format!("http://localhost:{}", api.address.port()), "retries": 0}), &tools);
    definition.origin = Origin::Editor;
    let verified = HttpConnector.verify(&definition).await;
    assert!(verified[0].fatal && verified[0].message.contains("may not reach the machine"), "{verified:?}");
    let source = HttpConnector.connect(definition.clone()).unwrap();
    let error = call(&*source, "meta", json!({})).await.unwrap_err().to_string();
    assert!(error.contains("may not reach the machine"), "{error}");
    assert_eq!(api.count(), 2);
    // An operator may allow an address; so may the catalog that an operator applied.
    definition.egress =
        Arc::new(Egress { allow: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()], ..Egress::default() });
    let source = HttpConnector.connect(definition).unwrap();
    assert!(call(&*source, "meta", json!({})).await.unwrap_err().to_string().contains("169.254.169.254"));
}

#[tokio::test]
async fn what_the_guard_refuses_is_not_the_system_s_failure() {
    let api = Api::start(|_| redirect(302, "http://169.254.169.254/")).await;
    let source = api.source(json!({"retries": 2}), &tools());
    let error = call(&*source, "get", json!({})).await.unwrap_err();
    assert!(matches!(error, SourceError::Definition(_)), "{error:?}");
    assert_eq!(api.count(), 1, "it would be refused again");
}

#[test]
fn only_an_operator_allows_addresses() {
    let settings = json!({"base_url": "http://169.254.170.2", "allow_addresses": ["169.254.170.2"]});
    let mut definition = definition(&settings, &json!({}));
    assert_eq!(super::support::findings(&definition), "");
    definition.origin = Origin::Editor;
    assert!(super::support::findings(&definition).contains("allow_addresses: only an operator"));
}
