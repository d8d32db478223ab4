//! What attackers try (RFC 9700 and the specification's "Security Considerations"), each refused.

use puente_domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    browser::Browser,
    client::{CALLBACK, Client},
    discover, world,
};
use crate::world::{World, ok, problem};

async fn code(client: &Client<'_>, browser: &mut Browser, changes: &[(&str, &str)]) -> String {
    let page = browser.get(&client.authorize(changes)).await;
    let answer = browser.decide(&page, "allow", "mcp").await;
    client.code_of(&answer)
}

async fn tokens(client: &Client<'_>, browser: &mut Browser, changes: &[(&str, &str)]) -> (String, String) {
    let tokens = ok(client.exchange(&code(client, browser, changes).await, &[]).await, 200).await;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

fn finance(world: &World) -> String {
    format!("{}/servers/finance/mcp", world.url)
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let (client, thief) = (Client::register(&world).await, Client::register(&world).await);
    let code = code(&client, &mut browser, &[]).await;
    let refusals = [
        (thief.exchange(&code, &[]).await, "invalid_grant", "another client"),
        (client.exchange(&code, &[("code_verifier", &"x".repeat(43))]).await, "invalid_grant", "a wrong verifier"),
        (client.exchange(&code, &[("code_verifier", "")]).await, "invalid_request", "no verifier"),
        (
            client.exchange(&code, &[("redirect_uri", "https://client.example/cb")]).await,
            "invalid_grant",
            "a wrong redirect",
        ),
        (client.exchange(&code, &[("resource", &finance(&world))]).await, "invalid_target", "another resource"),
        (client.exchange("ac_guessed", &[]).await, "invalid_grant", "a guess"),
        (client.exchange(&code, &[("client_id", "oc_unknown")]).await, "invalid_client", "an unknown client"),
        (
            client.exchange(&code, &[("grant_type", "client_credentials")]).await,
            "unsupported_grant_type",
            "another grant",
        ),
    ];
    for (response, expected, attack) in refusals {
        let status = if expected == "invalid_client" { 401 } else { 400 };
        assert_eq!(ok(response, status).await["error"], expected, "{attack}");
    }
    ok(client.exchange(&code, &[]).await, 200).await;
}

#[tokio::test]
async fn a_code_that_is_used_twice_takes_its_tokens_back() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let code = code(&client, &mut browser, &[]).await;
    let tokens = ok(client.exchange(&code, &[]).await, 200).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(discover(&world, "/mcp", access).await.0, 200);
    assert_eq!(ok(client.exchange(&code, &[]).await, 400).await["error"], "invalid_grant");
    assert_eq!(discover(&world, "/mcp", access).await.0, 401);
    let refreshed = client.refresh(tokens["refresh_token"].as_str().unwrap(), &[]).await;
    assert_eq!(ok(refreshed, 400).await["error"], "invalid_grant");
}

#[tokio::test]
async fn a_replayed_refresh_token_revokes_the_family() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let (client, thief) = (Client::register(&world).await, Client::register(&world).await);
    let (_, first) = tokens(&client, &mut browser, &[]).await;
    let (other_access, _) = tokens(&client, &mut browser, &[]).await;
    assert_eq!(ok(thief.refresh(&first, &[]).await, 400).await["error"], "invalid_grant");
    let second = ok(client.refresh(&first, &[]).await, 200).await;
    assert_eq!(ok(client.refresh(&first, &[]).await, 400).await["error"], "invalid_grant");
    let (access, refresh) = (second["access_token"].as_str().unwrap(), second["refresh_token"].as_str().unwrap());
    assert_eq!(discover(&world, "/mcp", access).await.0, 401);
    assert_eq!(ok(client.refresh(refresh, &[]).await, 400).await["error"], "invalid_grant");
    assert_eq!(discover(&world, "/mcp", &other_access).await.0, 200, "another consent goes on");
}

#[tokio::test]
async fn a_token_is_for_one_resource() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let resource = finance(&world);
    let (access, refresh) = tokens(&client, &mut browser, &[("resource", &resource)]).await;
    assert_eq!(discover(&world, "/servers/finance/mcp", &access).await.0, 200);
    for path in ["/mcp", "/servers/default/mcp", "/servers/closed/mcp"] {
        let (status, challenge) = discover(&world, path, &access).await;
        assert_eq!(status, 401, "{path}");
        assert!(challenge.contains("invalid_token"), "{challenge}");
    }
    let me = world.request(Method::GET, "/api/v1/me").bearer_auth(&access).send().await.unwrap();
    problem(me, 401, "unauthenticated").await;
    let body = json!({"refresh_token": refresh});
    let widened = world.request(Method::POST, "/api/v1/auth/refresh").json(&body).send().await.unwrap();
    problem(widened, 401, "unauthenticated").await;
    let elsewhere = client.refresh(&refresh, &[("resource", &format!("{}/mcp", world.url))]).await;
    assert_eq!(ok(elsewhere, 400).await["error"], "invalid_target");
    // The other way round: tokens of the REST API are no refresh tokens of a client.
    let pair = json!({"email": "ana@example.com", "password": crate::world::PASSWORD});
    let pair = ok(world.request(Method::POST, "/api/v1/auth/token").json(&pair).send().await.unwrap(), 200).await;
    let crossed = client.refresh(pair["refresh_token"].as_str().unwrap(), &[]).await;
    assert_eq!(ok(crossed, 400).await["error"], "invalid_grant");
}

/// `alg=none`, a signature with another key, claims that were changed, and a token that has expired.
#[tokio::test]
async fn forged_tokens_are_refused() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as base64};
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let (access, _) = tokens(&client, &mut browser, &[]).await;
    let [header, claims, signature]: [&str; 3] = access.split('.').collect::<Vec<_>>().try_into().unwrap();
    let plain: Value = serde_json::from_slice(&base64.decode(claims).unwrap()).unwrap();
    assert_eq!((&plain["aud"], &plain["scope"]), (&json!("puente-mcp:default"), &json!("mcp")));
    let with = |field: &str, value: Value| {
        let mut changed = plain.clone();
        changed[field] = value;
        base64.encode(changed.to_string())
    };
    let head = |algorithm: &str| base64.encode(json!({"alg": algorithm, "typ": "JWT"}).to_string());
    for (forged, attack) in [
        (format!("{}.{claims}.", head("none")), "alg=none"),
        (format!("{}.{claims}.{signature}", head("none")), "alg=none with a signature"),
        (format!("{}.{claims}.{signature}", head("RS256")), "key confusion"),
        (format!("{}.{claims}.{signature}", head("HS512")), "another algorithm"),
        (format!("{header}.{}.{signature}", with("aud", json!("puente"))), "another audience"),
        (format!("{header}.{}.{signature}", with("scope", json!("mcp api"))), "another scope"),
        (format!("{header}.{}.{signature}", with("exp", json!(0))), "expired"),
        (format!("{header}.{claims}.{}", "A".repeat(43)), "another signature"),
        (format!("{header}.{claims}"), "no signature"),
    ] {
        assert_eq!(discover(&world, "/mcp", &forged).await.0, 401, "{attack}");
    }
    assert_eq!(discover(&world, "/mcp", &access).await.0, 200);
}

/// Nobody is sent to where the client did not register; the rest is told to the client.
#[tokio::test]
async fn redirects_lead_only_where_the_client_registered() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    for redirect in [
        "https://evil.example/cb",
        "https://client.example/cb/",
        "https://client.example/cb?x=1",
        "https://client.example.evil.example/cb",
        "https://client.example/cb#fragment",
        "http://127.0.0.1:1/other",
        "http://localhost:1/callback",
        "javascript:alert(1)",
        "//evil.example",
    ] {
        let seen = browser.get(&client.authorize(&[("redirect_uri", redirect)])).await;
        assert_eq!((seen.status, seen.location.as_str()), (400, ""), "{redirect}");
    }
    for unknown in ["oc_unknown", "http://127.0.0.1/client.json"] {
        let seen = browser.get(&client.authorize(&[("client_id", unknown)])).await;
        assert_eq!((seen.status, seen.location.as_str()), (400, ""), "{unknown}");
    }
    let twice = format!("{}&redirect_uri=https://evil.example", client.authorize(&[]));
    assert_eq!(browser.get(&twice).await.status, 400, "a parameter twice");
    for (parameter, value, error) in [
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "api", "invalid_scope"),
        ("resource", "https://other.example/mcp", "invalid_target"),
    ] {
        let seen = browser.get(&client.authorize(&[(parameter, value)])).await;
        assert!(seen.location.starts_with(CALLBACK), "{parameter}={value}: {seen:?}");
        for part in [format!("error={error}"), "state=a+state".to_owned(), "iss=http".to_owned()] {
            assert!(seen.location.contains(&part), "{part} in {}", seen.location);
        }
    }
}

#[tokio::test]
async fn forms_of_other_sites_and_other_people_do_nothing() {
    let world = world().await;
    world.user("bo@example.com", Role::Member).await;
    let mut ana = Browser::signed_in(&world, "ana@example.com").await;
    let mut bo = Browser::signed_in(&world, "bo@example.com").await;
    let client = Client::register(&world).await;
    let page = ana.get(&client.authorize(&[])).await;
    let (request, token) = (page.field("request"), page.field("form_token"));
    let fields =
        |token: &'static str| [("request", ""), ("decision", "allow"), ("scope", "mcp"), ("form_token", token)];
    let with = |token: &str| {
        let fields = fields("").map(|(name, value)| (name.to_owned(), value.to_owned()));
        fields.map(|(name, value)| match name.as_str() {
            "request" => (name, request.clone()),
            "form_token" => (name, token.to_owned()),
            _ => (name, value),
        })
    };
    let sent = async |browser: &mut Browser, token: &str, headers: &[(&str, &str)]| {
        let fields = with(token);
        let fields = fields.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
        browser.post_from("/oauth/authorize", &fields, headers).await.status
    };
    assert_eq!(sent(&mut ana, "", &[]).await, 403, "no token");
    assert_eq!(sent(&mut ana, "guessed", &[]).await, 403, "a guessed token");
    assert_eq!(sent(&mut ana, &token, &[("origin", "https://evil.example")]).await, 403, "another origin");
    assert_eq!(sent(&mut ana, &token, &[("origin", "null")]).await, 403, "a hidden origin");
    assert_eq!(sent(&mut ana, &token, &[("origin", "http://127.0.0.1:1")]).await, 403, "another port");
    assert_eq!(sent(&mut ana, &token, &[("sec-fetch-site", "cross-site")]).await, 403, "another site");
    assert_eq!(sent(&mut bo, &token, &[]).await, 403, "somebody else's token");
    let own = bo.get("/account/keys").await.field("form_token");
    assert_eq!(sent(&mut bo, &own, &[]).await, 400, "somebody else's request");
    let stolen = ana.cookies.remove("puente_session");
    assert_eq!(sent(&mut ana, &token, &[]).await, 403, "without the cookie");
    ana.cookies.insert("puente_session".to_owned(), stolen.unwrap());
    assert_eq!(sent(&mut ana, &token, &[]).await, 303);
}

/// A person who may not use the virtual server cannot let a client use it.
#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    for server in ["closed", "none"] {
        let resource = format!("{}/servers/{server}/mcp", world.url);
        let page = browser.get(&client.authorize(&[("resource", &resource)])).await;
        assert!(!page.body.contains("value=\"allow\""), "{}", page.body);
        assert!(!page.body.contains("All of closed"), "{}", page.body);
        let answer = browser.decide(&page, "allow", "mcp").await;
        assert!(answer.location.contains("error=access_denied"), "{answer:?}");
    }
}

#[tokio::test]
async fn registrations_are_checked_and_few() {
    let world = world().await;
    let register = async |body: Value| world.request(Method::POST, "/oauth/register").json(&body).send().await.unwrap();
    for (body, error) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["http://client.example/cb"]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["javascript:alert(1)"]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": vec!["https://a.example"; 11]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["https://a.example"], "grant_types": ["password"]}), "invalid_client_metadata"),
    ] {
        assert_eq!(ok(register(body).await, 400).await["error"], error);
    }
    let named = json!({"redirect_uris": ["https://a.example"], "client_name": "Ev\u{202e}il\n<script>", "client_uri": "javascript:x"});
    let registered = ok(register(named).await, 201).await;
    assert_eq!((&registered["client_name"], registered.get("client_uri")), (&json!("Evil<script>"), None));
    let mut statuses = Vec::new();
    for _ in 0..30 {
        statuses.push(register(json!({"redirect_uris": ["https://a.example"]})).await.status().as_u16());
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}
