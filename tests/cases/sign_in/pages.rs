//! Every page in a browser without JavaScript: no accessibility violation at desktop and phone width, in both languages,
//! and a path for the keyboard alone.

use puente_tests::{Browser, Server};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ANA, PASSWORD, site};

/// Registers a client and returns where it would send a person.
async fn authorize(server: &Server) -> String {
    let api = server.api("");
    let body = json!({"client_name": "Claude Code", "redirect_uris": ["http://127.0.0.1/callback"]});
    let request = api.request(Method::POST, "/oauth/register").json(&body);
    let client: Value = api.send(request).await.expect(201);
    format!(
        "{}/oauth/authorize?response_type=code&client_id={}&redirect_uri=http://127.0.0.1/callback&state=s\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        server.url(),
        client["client_id"].as_str().unwrap()
    )
}

#[tokio::test]
async fn every_page_is_accessible_in_both_languages() {
    let site = site();
    let server = site.serve().await;
    let wanted = authorize(&server).await;
    let mut browser = Browser::start();
    for (language, locale) in [("en", "en-US"), ("es", "es-MX")] {
        browser.step("fresh", json!({"locale": locale})).await;
        browser.goto(&wanted).await;
        assert_eq!(browser.step("attribute", json!({"selector": "html", "name": "lang"})).await, language);
        browser.look(&format!("sign-in-{language}")).await;
        browser.sign_in(ANA, "wrong password").await;
        browser.expect_accessible("a wrong password").await;
        browser.sign_in(ANA, PASSWORD).await;
        browser.look(&format!("consent-{language}")).await;

        browser.goto(&format!("{}/account/keys", server.url())).await;
        browser.fill("#name", &format!("laptop-{language}")).await;
        browser.click("main form.panel button").await;
        browser.expect_accessible("a new key").await;
        browser.goto(&format!("{}/account/keys", server.url())).await;
        browser.look(&format!("keys-{language}")).await;
        for (page, path) in [("account", "/account"), ("activity", "/account/activity")] {
            browser.goto(&format!("{}{path}", server.url())).await;
            browser.look(&format!("{page}-{language}")).await;
        }
        browser.goto(&format!("{}/oauth/authorize", server.url())).await;
        browser.look(&format!("refused-{language}")).await;
    }
}

/// From a client's request to consent without a mouse, in the order in which the page is read.
#[tokio::test]
async fn the_keyboard_is_enough() {
    let site = site();
    let server = site.serve().await;
    let mut browser = Browser::start();
    browser.goto(&authorize(&server).await).await;
    assert!(browser.focused().await.contains("id=\"email\""), "the first field has the focus");
    browser.step("type", json!({"text": ANA})).await;
    browser.press("Tab").await;
    browser.step("type", json!({"text": PASSWORD})).await;
    browser.press("Enter").await;
    browser.arrived("/oauth/authorize").await;
    browser.press("Tab").await;
    assert!(browser.focused().await.contains("class=\"skip\""), "a way past the header");
    browser.press("Enter").await;
    browser.press("Tab").await;
    assert!(browser.focused().await.contains("type=\"radio\""), "{}", browser.focused().await);
    browser.press("ArrowDown").await;
    browser.press("Tab").await;
    assert!(browser.focused().await.contains("value=\"allow\""));
    // Nobody listens there: the browser is on its way, which is enough.
    browser.press("Enter").await;
    server
        .until("the consent is recorded", async || {
            let events = site.puente(&["audit", "list", "--action", "oauth/authorize", "--json"]).json();
            let mut details = events.as_array().into_iter().flatten().filter_map(|event| event["detail"].as_str());
            details.any(|detail| detail.ends_with("mcp:read"))
        })
        .await;
}
