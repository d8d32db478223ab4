//! The REST API.

use std::collections::BTreeMap;

use puente_tests::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::cast;

const CALLERS: [&str; 7] = ["nobody", "member", "editor", "admin", "reader", "api", "api-reader"];

/// Statuses for the [`CALLERS`]. `2xx` is any success.
const TABLE: &[(&str, &str, &str)] = &[
    //                                       nobody member editor admin reader api api-reader
    ("GET", "/api/v1/me", "401 2xx 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/sources", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/sources/notes", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/tools", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/tools?search=notes", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/servers", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/statistics/calls?since=2020-01-01T00:00:00Z", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/catalog", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/secrets", "401 403 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/keys", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/clients", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/me/connections", "401 2xx 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/grants", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/users", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/teams", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/jobs", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/jobs/counts", "401 403 403 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/audit", "401 2xx 2xx 2xx 403 2xx 2xx"),
    ("GET", "/api/v1/audit/export", "401 2xx 2xx 2xx 403 2xx 2xx"),
    ("POST", "/api/v1/users", "401 403 403 2xx 403 2xx 403"),
    ("POST", "/api/v1/teams", "401 403 403 2xx 403 2xx 403"),
    ("POST", "/api/v1/servers", "401 403 2xx 2xx 403 2xx 403"),
];

#[tokio::test]
async fn every_role_and_scope_gets_what_the_table_says() {
    let (site, keys) = cast::assemble();
    let server = site.serve().await;
    let mut differences = Vec::new();
    for (row, (method, path, expected)) in TABLE.iter().enumerate() {
        let mut found = Vec::new();
        for caller in CALLERS {
            found.push(ask(&server, &keys, caller, method, path, row).await);
        }
        let found = found.join(" ");
        if found != *expected {
            differences.push(format!("{method} {path}: expected {expected}, found {found}"));
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

async fn ask(
    server: &Server,
    keys: &BTreeMap<&'static str, String>,
    caller: &str,
    method: &str,
    path: &str,
    row: usize,
) -> String {
    let key = &keys[caller];
    let api = if key.is_empty() { puente_tests::Api::anonymous(server.url()) } else { server.api(key) };
    let mut request = api.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
    if method == "POST" {
        request = request.json(&body(path, &format!("{caller}-{row}")));
    }
    let answer = api.send(request).await;
    if answer.status >= 400 {
        assert_eq!(answer.header("Content-Type"), "application/problem+json", "{method} {path}: {}", answer.body);
    }
    if (200..300).contains(&answer.status) { "2xx".to_owned() } else { answer.status.to_string() }
}

/// A body that is right, with a name of its own.
fn body(path: &str, name: &str) -> Value {
    match path {
        "/api/v1/users" => json!({
            "email": format!("{name}@example.com"), "role": "member", "password": "a long enough password"}),
        "/api/v1/servers" => json!({"name": name, "include": ["notes.*"]}),
        _ => json!({"name": name}),
    }
}

#[tokio::test]
async fn members_see_their_own_trail_only() {
    let (site, keys) = cast::assemble();
    let server = site.serve().await;
    for caller in ["member", "auditor"] {
        let called = server.mcp(&keys[caller]).call("notes_list_notes", json!({})).await;
        assert_eq!(called.status, 200, "{}", called.body);
    }
    let seen = async |key: &str| {
        let audit = server.api(key).get("/api/v1/audit?action=tools/call").await.expect(200);
        let items = audit["items"].as_array().expect("items").clone();
        items.iter().map(|event| event["principal"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    server.until("both calls are in the trail", async || seen(&keys["admin"]).await.len() == 2).await;
    assert_eq!(seen(&keys["member"]).await, ["member"]);
    assert_eq!(seen(&keys["auditor"]).await, ["auditor"]);
}

/// Through no source does an editor reach the server's own secrets, files or commands.
#[tokio::test]
async fn an_editor_reaches_nothing_of_the_machine() {
    let (site, keys) = cast::assemble();
    let server = site.serve().await;
    let editor = server.api(&keys["editor"]);
    let database = format!("sqlite:{}", site.data().join("puente.db").display());
    let mut reaching: Vec<(&str, Value)> = [
        database.as_str(),
        "sqlite:/etc/passwd",
        "sqlite::memory:",
        "${env:JWT_SECRET_KEY}",
        "${env:SOURCE_NOTES_URL}",
        "postgresql:///postgres?host=/var/run/postgresql",
        "mysql://root@localhost/mysql?socket=/run/mysqld/mysqld.sock",
    ]
    .map(|url| ("sql", json!({"url": url})))
    .into();
    let key = format!("file://{}", site.data().join("keys/encryption.key").display());
    reaching.extend([
        ("http", json!({"base_url": server.url()})),
        ("http", json!({"base_url": "http://169.254.169.254"})),
        ("http", json!({"base_url": "https://api.example.com", "allow_addresses": ["127.0.0.1"]})),
        ("http", json!({"openapi": {"document": "/etc/passwd"}})),
        ("http", json!({"openapi": {"document": key}})),
        ("http", json!({"base_url": "https://api.example.com", "headers": {"X-Key": "${env:JWT_SECRET_KEY}"}})),
        ("mcp", json!({"command": "sh", "args": ["-c", "id"]})),
        ("mcp", json!({"url": server.mcp_url()})),
        ("mcp", json!({"url": "https://mcp.example.com", "headers": {"X-Key": "${env:JWT_SECRET_KEY}"}})),
    ]);
    for (kind, settings) in reaching {
        let source = json!({"name": "reach", "type": kind, "settings": settings});
        let answer = editor.post("/api/v1/sources", source).await;
        assert!([400, 403, 422].contains(&answer.status), "{settings}: {} {}", answer.status, answer.body);
        let mut entry = settings.clone();
        entry["name"] = "reach".into();
        entry["type"] = kind.into();
        let request = editor.request(Method::POST, "/api/v1/catalog").header("Content-Type", "application/yaml");
        let answer = editor.send(request.body(json!({"sources": [entry]}).to_string())).await;
        assert!([400, 403, 422].contains(&answer.status), "{settings}: {} {}", answer.status, answer.body);
    }
    let sources = editor.get("/api/v1/sources").await.expect(200);
    assert_eq!(sources["items"].as_array().map(Vec::len), Some(1), "{sources}");
}
