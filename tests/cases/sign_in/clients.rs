//! The official clients with nothing but the URL: discovery, registration, sign-in and consent in a browser, calls,
//! refresh, revocation.

use puente_tests::{
    Api, Browser,
    official::{Language, SigningIn},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ANA, PASSWORD, site};

fn steps() -> Value {
    json!([{"method": "tools/list"}, {"method": "tools/call", "params": {"name": "notes_list_notes", "arguments": {}}}])
}

async fn gets_in(language: Language) {
    let site = site();
    let server = site.serve().await;
    let mut browser = Browser::start();
    for (mode, revision) in [("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28")] {
        browser.step("fresh", json!({})).await;
        let client = SigningIn::start(language, &server.mcp_url(), mode, steps()).await;
        browser.goto(&client.authorize).await;
        browser.sign_in(ANA, PASSWORD).await;
        let shown = browser.text("main").await;
        for word in [format!("Official {language:?} client").as_str(), "default", "What every member may use", ANA] {
            assert!(shown.contains(word), "no '{word}' in: {shown}");
        }
        browser.click("button[value=allow]").await;
        browser.arrived("^http://127.0.0.1:[0-9]+/callback").await;
        let report = client.report().await;
        assert_eq!(report["protocol"], revision);
        assert_eq!(report["refreshed"], true, "{report}");
        let answers = report["answers"].as_array().unwrap();
        assert_eq!(answers.len(), 3, "{report}");
        assert!(answers[0]["result"]["tools"].as_array().unwrap().len() == 2, "{report}");
        for answer in &answers[1..] {
            assert_eq!(answer["result"]["structuredContent"]["rows"], json!([]), "{report}");
        }
        assert_revocation(server.url(), &report).await;
    }
}

/// What the client got is good until it is given back.
async fn assert_revocation(url: &str, report: &Value) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (access, refresh) = (text(&report["tokens"]["access_token"]), text(&report["tokens"]["refresh_token"]));
    let api = Api::new(url, &access);
    let ask = async || api.post("/mcp", json!({"jsonrpc": "2.0", "id": 1, "method": "ping"})).await.status;
    assert_ne!(ask().await, 401);
    let form = format!("client_id={}&token={refresh}", text(&report["client_id"]));
    let request = Api::anonymous(url).request(Method::POST, "/oauth/revoke").body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(api.send(request).await.status, 200);
    assert_eq!(ask().await, 401);
}

#[tokio::test]
async fn python_gets_in_by_the_address_alone() {
    gets_in(Language::Python).await;
}

#[tokio::test]
async fn typescript_gets_in_by_the_address_alone() {
    gets_in(Language::TypeScript).await;
}
