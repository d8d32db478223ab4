//! The built-in authorization server: what a client does that knows only the address, and what an attacker tries.

mod attacks;
mod browser;
mod client;
mod document;
mod pages;

use puente_api::Options;
use puente_domain::Role;
use puente_mcp::http::origin::AllowedHosts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, header, ok, options};
use browser::Browser;
use client::{CALLBACK, Client};

/// A world with the virtual servers `default` and `finance`, both for every member, and `closed` for nobody.
pub(crate) async fn world() -> World {
    let world = World::new().await;
    for (name, grants) in
        [("default", json!(["role:member"])), ("finance", json!(["role:member"])), ("closed", json!([]))]
    {
        let server = json!({"name": name, "description": format!("All of {name}"), "include": ["*"]});
        ok(world.post("/api/v1/servers", &server).send().await.unwrap(), 201).await;
        for grantee in grants.as_array().unwrap() {
            let grant = json!({"server": name, "grantee": grantee});
            ok(world.post("/api/v1/grants", &grant).send().await.unwrap(), 201).await;
        }
    }
    world.user("ana@example.com", Role::Member).await;
    world
}

/// Asks an endpoint with a token; returns the status and `WWW-Authenticate`.
pub(crate) async fn discover(world: &World, path: &str, token: &str) -> (u16, String) {
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}});
    let request = world.request(Method::POST, path).json(&body).header("accept", "application/json, text/event-stream");
    let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "server/discover");
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    let response = request.send().await.unwrap();
    (response.status().as_u16(), header(&response, "www-authenticate"))
}

async fn document(world: &World, path: &str) -> Value {
    ok(world.request(Method::GET, path).send().await.unwrap(), 200).await
}

#[tokio::test]
async fn a_refusal_leads_to_the_metadata() {
    let world = world().await;
    for (path, resource) in
        [("/mcp", "/mcp"), ("/servers/finance/mcp", "/servers/finance/mcp"), ("/servers/none/mcp", "/servers/none/mcp")]
    {
        let (status, challenge) = discover(&world, path, "").await;
        let metadata = format!("{}/.well-known/oauth-protected-resource{path}", world.url);
        assert_eq!((status, challenge), (401, format!("Bearer resource_metadata=\"{metadata}\", scope=\"mcp\"")));
        let metadata = document(&world, &format!("/.well-known/oauth-protected-resource{path}")).await;
        assert_eq!(metadata["resource"], format!("{}{resource}", world.url));
        assert_eq!(metadata["authorization_servers"], json!([world.url]));
    }
    let (status, challenge) = discover(&world, "/mcp", "rubbish").await;
    assert_eq!(status, 401);
    assert!(challenge.starts_with("Bearer error=\"invalid_token\", resource_metadata="), "{challenge}");

    let metadata = document(&world, "/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata["issuer"], world.url);
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    for endpoint in ["authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"] {
        let address = metadata[endpoint].as_str().unwrap();
        let answer = world.client.get(address).send().await.unwrap();
        assert_ne!(answer.status(), 404, "{address}");
    }
}

/// Metadata is told under the name that a client used, so that `localhost` is no other server than `127.0.0.1`.
#[tokio::test]
async fn metadata_names_the_host_that_was_asked() {
    let hosts = ["127.0.0.1", "localhost"].map(str::to_owned);
    let options = Options { allowed_hosts: AllowedHosts::new(hosts), ..options() };
    let world = World::with(options).await;
    let request = world.request(Method::GET, "/.well-known/oauth-authorization-server").header("host", "localhost:7");
    let metadata = ok(request.send().await.unwrap(), 200).await;
    assert_eq!(metadata["token_endpoint"], "http://localhost:7/oauth/token");
}

#[tokio::test]
async fn a_client_that_knows_only_the_address_gets_in() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let page = browser.get(&client.authorize(&[])).await;
    for shown in ["A test client", "http://127.0.0.1", "default", "All of default", "ana@example.com"] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    let answer = browser.decide(&page, "allow", "mcp").await;
    let code = client.code_of(&answer);
    let tokens = ok(client.exchange(&code, &[]).await, 200).await;
    assert_eq!(
        (&tokens["token_type"], &tokens["scope"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!("mcp"), &json!(1800))
    );
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(discover(&world, "/mcp", access).await.0, 200);
    assert_eq!(discover(&world, "/servers/default/mcp", access).await.0, 200);

    let next = ok(client.refresh(tokens["refresh_token"].as_str().unwrap(), &[]).await, 200).await;
    assert_eq!(discover(&world, "/mcp", next["access_token"].as_str().unwrap()).await.0, 200);
    let revoked = client.revoke(next["refresh_token"].as_str().unwrap()).await;
    assert_eq!(revoked.status(), 200);
    for token in [access, next["access_token"].as_str().unwrap()] {
        assert_eq!(discover(&world, "/mcp", token).await.0, 401);
    }
}

#[tokio::test]
async fn a_person_may_allow_less_or_nothing() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let page = browser.get(&client.authorize(&[])).await;
    let answer = browser.decide(&page, "allow", "mcp:read").await;
    let tokens = ok(client.exchange(&client.code_of(&answer), &[]).await, 200).await;
    assert_eq!(tokens["scope"], "mcp:read");
    let wider = client.refresh(tokens["refresh_token"].as_str().unwrap(), &[("scope", "mcp")]).await;
    assert_eq!(ok(wider, 400).await["error"], "invalid_scope");

    let page = browser.get(&client.authorize(&[])).await;
    let answer = browser.decide(&page, "deny", "mcp").await;
    assert!(answer.location.starts_with(CALLBACK) && answer.location.contains("error=access_denied"), "{answer:?}");

    let page = browser.get(&client.authorize(&[("scope", "mcp:read")])).await;
    assert!(!page.body.contains(r#"value="mcp""#), "more than was asked for: {}", page.body);
    let answer = browser.decide(&page, "allow", "mcp").await;
    let tokens = ok(client.exchange(&client.code_of(&answer), &[]).await, 200).await;
    assert_eq!(tokens["scope"], "mcp:read");
}

/// Disabling a user, a client or a connection ends its access.
#[tokio::test]
async fn whoever_may_end_access_ends_it() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let connect = async |browser: &mut Browser| {
        let page = browser.get(&client.authorize(&[])).await;
        let answer = browser.decide(&page, "allow", "mcp").await;
        ok(client.exchange(&client.code_of(&answer), &[]).await, 200).await
    };
    let first = connect(&mut browser).await;
    let access = first["access_token"].as_str().unwrap();
    let account = browser.get("/account").await;
    let path = account.body.split("action=\"").find(|part| part.starts_with("/account/clients/")).unwrap();
    let left = browser.post(path.split('"').next().unwrap(), &account, &[]).await;
    assert_eq!((left.status, left.location.as_str()), (303, "/account"));
    assert_eq!(discover(&world, "/mcp", access).await.0, 401);
    assert_eq!(
        ok(client.refresh(first["refresh_token"].as_str().unwrap(), &[]).await, 400).await["error"],
        "invalid_grant"
    );

    let second = connect(&mut browser).await;
    let access = second["access_token"].as_str().unwrap();
    assert_eq!(discover(&world, "/mcp", access).await.0, 200);
    let switch = async |act: &str| {
        let path = format!("/api/v1/clients/{}/{act}", client.id);
        ok(world.post(&path, &json!({})).send().await.unwrap(), 204).await;
    };
    switch("disable").await;
    assert_eq!(discover(&world, "/mcp", access).await.0, 401);
    assert_eq!(
        ok(client.refresh(second["refresh_token"].as_str().unwrap(), &[]).await, 401).await["error"],
        "invalid_client"
    );
    assert_eq!(browser.get(&client.authorize(&[])).await.status, 400);
    switch("enable").await;
    assert_eq!(discover(&world, "/mcp", access).await.0, 200);

    let disabled = world.post("/api/v1/users/ana@example.com/disable", &json!({})).send().await.unwrap();
    ok(disabled, 200).await;
    assert_eq!(discover(&world, "/mcp", access).await.0, 401);
    assert!(browser.get("/account").await.location.starts_with("/sign-in"), "the browser is signed out, too");
}
