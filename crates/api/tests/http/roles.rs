use puente_domain::Role;
use reqwest::Method;
use serde_json::json;

use crate::world::World;

/// Path × role: the status that each gets. `-` means: let in, whatever comes then (never 401 or 403).
#[tokio::test]
async fn roles_by_doors() {
    let world = World::new().await;
    let member = world.user("m@example.com", Role::Member).await;
    let editor = world.user("e@example.com", Role::Editor).await;
    let reader = world.key("admin@example.com", "reader", Role::Admin, &["api:read"]).await;
    let agent = world.key("admin@example.com", "agent", Role::Admin, &["mcp"]).await;
    #[rustfmt::skip]
    let table = [
        //                                                      none   member editor admin  admin, api:read  admin, mcp
        (Method::GET,    "/api/v1/me",                          "401   -      -      -      -                403"),
        (Method::GET,    "/api/v1/me/keys",                     "401   -      -      -      -                403"),
        (Method::GET,    "/api/v1/users",                       "401   403    403    -      -                403"),
        (Method::POST,   "/api/v1/users",                       "401   403    403    -      403              403"),
        (Method::GET,    "/api/v1/users/m@example.com",         "401   403    403    -      -                403"),
        (Method::POST,   "/api/v1/users/x@example.com/disable", "401   403    403    -      403              403"),
        (Method::DELETE, "/api/v1/users/x@example.com",         "401   403    403    -      403              403"),
        (Method::GET,    "/api/v1/keys",                        "401   403    403    -      -                403"),
        (Method::DELETE, "/api/v1/keys/nothing",                "401   403    403    -      403              403"),
        (Method::GET,    "/api/v1/teams",                       "401   403    403    -      -                403"),
        (Method::POST,   "/api/v1/teams",                       "401   403    403    -      403              403"),
        (Method::GET,    "/api/v1/servers",                     "401   403    -      -      -                403"),
        (Method::DELETE, "/api/v1/servers/nothing",             "401   403    -      -      403              403"),
        (Method::GET,    "/api/v1/grants",                      "401   403    403    -      -                403"),
        (Method::GET,    "/api/v1/sources",                     "401   403    -      -      -                403"),
        (Method::POST,   "/api/v1/sources/nothing/test",        "401   403    -      -      403              403"),
        (Method::POST,   "/api/v1/sources/nothing/draft",       "401   403    -      -      403              403"),
        (Method::GET,    "/api/v1/sources/nothing/pins",        "401   403    -      -      -                403"),
        (Method::POST,   "/api/v1/sources/nothing/pins",        "401   403    -      -      403              403"),
        (Method::GET,    "/api/v1/tools",                       "401   403    -      -      -                403"),
        (Method::GET,    "/api/v1/secrets",                     "401   403    -      -      -                403"),
        (Method::POST,   "/api/v1/secrets/rotate",              "401   403    403    -      403              403"),
        (Method::DELETE, "/api/v1/secrets/nothing",             "401   403    -      -      403              403"),
        (Method::GET,    "/api/v1/catalog",                     "401   403    -      -      -                403"),
        (Method::GET,    "/api/v1/audit",                       "401   -      -      -      -                403"),
        (Method::GET,    "/api/v1/audit/export",                "401   -      -      -      -                403"),
        (Method::GET,    "/api/v1/jobs",                        "401   403    403    -      -                403"),
        (Method::GET,    "/api/v1/jobs/counts",                 "401   403    403    -      -                403"),
        (Method::GET,    "/api/v1/jobs/nothing",                "401   403    403    -      -                403"),
        (Method::POST,   "/api/v1/jobs/nothing/retry",          "401   403    403    -      403              403"),
        (Method::POST,   "/api/v1/jobs/nothing/cancel",         "401   403    403    -      403              403"),
        (Method::GET,    "/api/v1/statistics/calls?since=2026-01-01T00:00:00Z", "401 403 - - - 403"),
        (Method::GET,    "/api/v1/statistics/sources",          "401   403    -      -      -                403"),
    ];
    let callers = [None, Some(&member), Some(&editor), Some(&world.admin), Some(&reader), Some(&agent)];
    for (method, path, expected) in table {
        for (caller, expected) in callers.iter().zip(expected.split_whitespace()) {
            let mut request = world.request(method.clone(), path);
            if let Some(token) = caller {
                request = request.bearer_auth(token);
            }
            if method == Method::POST {
                request = request.json(&body(path));
            }
            let status = request.send().await.unwrap().status().as_u16();
            let found = if matches!(status, 401 | 403) { status.to_string() } else { "-".to_owned() };
            assert!(status < 500, "{method} {path}: {status}");
            assert_eq!(found, expected, "{method} {path} for {caller:?}: {status}");
        }
    }
}

fn body(path: &str) -> serde_json::Value {
    match path {
        "/api/v1/users" => json!({"email": "new@example.com", "role": "member"}),
        "/api/v1/teams" => json!({"name": "team"}),
        _ => json!({}),
    }
}

#[tokio::test]
async fn editors_do_not_open_servers_or_grant() {
    let world = World::new().await;
    let editor = world.user("e@example.com", Role::Editor).await;
    let status = async |path: &str, body: serde_json::Value| {
        let request = world.request(Method::POST, path).bearer_auth(&editor).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("/api/v1/servers", json!({"name": "a", "include": ["*"], "open": true})).await, 403);
    assert_eq!(status("/api/v1/servers", json!({"name": "a", "include": ["*"]})).await, 201);
    assert_eq!(status("/api/v1/grants", json!({"server": "a", "grantee": "role:member"})).await, 403);
    let file = "servers:\n  - name: b\n    include: ['*']\n    grants: ['role:member']\n";
    let apply = world.request(Method::POST, "/api/v1/catalog").bearer_auth(&editor);
    let apply = apply.header("content-type", "application/yaml").body(file).send().await.unwrap();
    assert_eq!(apply.status().as_u16(), 403);
}
