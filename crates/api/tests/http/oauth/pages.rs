//! The pages themselves: headers, languages, and where they lead. Browsers see them in the black-box tests.

use serde_json::json;

use super::{browser::Browser, client::Client, world};
use crate::world::{PASSWORD, World, ok};

#[tokio::test]
async fn every_page_is_closed_to_scripts_and_frames() {
    let world = world().await;
    let mut browser = Browser::new(&world);
    let mut seen = vec![browser.get("/sign-in").await];
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    for page in ["/account", "/account/keys", "/account/activity", &client.authorize(&[]), "/oauth/authorize"] {
        seen.push(browser.get(page).await);
    }
    for page in &seen {
        let header = |name: &str| page.headers[name].to_str().unwrap();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(!page.body.contains("<script") && !page.body.contains(" style="), "{}", page.body);
    }
}

#[tokio::test]
async fn a_form_may_lead_to_the_client_and_nowhere_else() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let client = Client::register(&world).await;
    let page = browser.get(&client.authorize(&[])).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with("form-action 'self' http://127.0.0.1:49152"), "{policy}");
}

#[tokio::test]
async fn signing_in_leads_to_where_one_was_and_never_elsewhere() {
    let world = world().await;
    let client = Client::register(&world).await;
    let mut browser = Browser::new(&world);
    let wanted = client.authorize(&[]);
    let seen = browser.get(&wanted).await;
    assert!(seen.location.starts_with("/sign-in?next=%2Foauth%2Fauthorize"), "{}", seen.location);
    let page = browser.get(&seen.location).await;
    let next = page.field("next").replace("&amp;", "&");
    assert_eq!(next, wanted);
    let wrong = [("email", "ana@example.com"), ("password", "wrong password"), ("next", next.as_str())];
    let seen = browser.post("/sign-in", &page, &wrong).await;
    assert_eq!((seen.status, seen.field("next").replace("&amp;", "&")), (401, wanted.clone()));
    let right = [("email", "ana@example.com"), ("password", PASSWORD), ("next", next.as_str())];
    let seen = browser.post("/sign-in", &seen, &right).await;
    assert_eq!((seen.status, seen.location), (303, wanted));

    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", "/api/v1/me"] {
        let mut browser = Browser::new(&world);
        let page = browser.get(&format!("/sign-in?next={elsewhere}")).await;
        let fields = [("email", "ana@example.com"), ("password", PASSWORD), ("next", elsewhere)];
        let seen = browser.post("/sign-in", &page, &fields).await;
        assert_eq!(seen.location, "/account", "{elsewhere}");
        let seen = browser.get(&format!("/language/es?next={elsewhere}")).await;
        assert_eq!(seen.location, "/account", "{elsewhere}");
    }
}

#[tokio::test]
async fn pages_speak_spanish_too() {
    let world = world().await;
    let mut browser = Browser::new(&world);
    let page = browser.get("/sign-in").await;
    assert!(page.body.contains("<html lang=\"en\">") && page.body.contains("E-mail address"), "{}", page.body);
    let seen = browser.get("/language/es?next=/sign-in").await;
    assert_eq!(seen.location, "/sign-in");
    let page = browser.get("/sign-in").await;
    assert!(page.body.contains("<html lang=\"es\">") && page.body.contains("Correo electrónico"), "{}", page.body);
}

#[tokio::test]
async fn keys_are_made_and_ended_on_their_page() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let page = browser.get("/account/keys").await;
    let refused =
        browser.post("/account/keys", &page, &[("name", "not a name!"), ("may", "call"), ("days", "30")]).await;
    assert_eq!(refused.status, 422);
    let made =
        browser.post("/account/keys", &page, &[("name", "laptop"), ("may", "everything"), ("days", "none")]).await;
    assert_eq!(made.status, 200);
    let key = made.body.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let me = world.client.get(format!("{}/api/v1/me", world.url)).bearer_auth(&key).send();
    assert_eq!(ok(me.await.unwrap(), 200).await["name"], "laptop");
    let listed = browser.get("/account/keys").await;
    assert!(listed.body.contains("laptop") && !listed.body.contains(&key));
    let path = listed.body.split("formaction=\"").map(|part| part.split('"').next().unwrap()).find(|path| {
        path.ends_with("/disable") && listed.body.split("laptop").nth(1).is_some_and(|after| after.contains(path))
    });
    let seen = browser.post(path.unwrap(), &listed, &[]).await;
    assert_eq!((seen.status, seen.location.as_str()), (303, "/account/keys"));
    let me = world.client.get(format!("{}/api/v1/me", world.url)).bearer_auth(&key).send();
    assert_eq!(me.await.unwrap().status(), 401);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    let page = browser.get("/account").await;
    let cookie = browser.cookies["puente_session"].clone();
    let seen = browser.post("/sign-out", &page, &[]).await;
    assert_eq!((seen.status, seen.location.as_str()), (303, "/sign-in"));
    browser.cookies.insert("puente_session".to_owned(), cookie);
    assert!(browser.get("/account").await.location.starts_with("/sign-in"), "the cookie is worth nothing");
}

/// No cookie is of any use at the REST API.
#[tokio::test]
async fn cookies_open_nothing_but_pages() {
    let world: World = world().await;
    let mut browser = Browser::signed_in(&world, "ana@example.com").await;
    assert_eq!(browser.get("/api/v1/me").await.status, 401);
    let seen = browser.post_from("/mcp", &[("x", "y")], &[]).await;
    assert_eq!(seen.status, 401, "{}", json!(seen.body));
}
