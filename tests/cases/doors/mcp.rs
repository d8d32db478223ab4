//! The MCP doors: `/mcp`, `/servers/{name}/mcp` and stdio.

use std::collections::BTreeMap;

use puente_tests::{Answer, Mcp, Server, Site, Stdio, erp};
use serde_json::{Value, json};

use super::cast;

/// What `tools/list`, `tools/call` of a reading tool, of a writing tool, and `resources/read` come to: `ok`; the HTTP
/// status of a refusal; `-` for what the caller cannot see.
const TABLE: &[(&str, &str, &str)] = &[
    ("nobody", "/mcp", "401 401 401 401"),
    ("nobody", "/servers/default/mcp", "401 401 401 401"),
    ("nobody", "/servers/auditors/mcp", "401 401 401 401"),
    ("nobody", "/servers/public/mcp", "ok ok - -"),
    ("member", "/mcp", "ok ok ok ok"),
    ("member", "/servers/default/mcp", "ok ok ok ok"),
    ("member", "/servers/auditors/mcp", "403 403 403 403"),
    ("member", "/servers/public/mcp", "ok ok - -"),
    ("auditor", "/mcp", "ok ok ok ok"),
    ("auditor", "/servers/auditors/mcp", "ok ok ok ok"),
    ("editor", "/mcp", "ok ok ok ok"),
    ("editor", "/servers/auditors/mcp", "403 403 403 403"),
    ("admin", "/mcp", "ok ok ok ok"),
    ("admin", "/servers/auditors/mcp", "ok ok ok ok"),
    ("reader", "/mcp", "ok ok - ok"),
    ("reader", "/servers/auditors/mcp", "403 403 403 403"),
    ("api", "/mcp", "403 403 403 403"),
    ("api-reader", "/mcp", "403 403 403 403"),
    ("confined", "/mcp", "403 403 403 403"),
    ("confined", "/servers/auditors/mcp", "ok ok ok ok"),
    ("admin", "/servers/nowhere/mcp", "404 404 404 404"),
];

#[tokio::test]
async fn over_http() {
    let (site, keys) = cast::assemble();
    let server = site.serve().await;
    let mut found = Vec::new();
    for (caller, door, _) in TABLE {
        let mcp = Mcp::new(&format!("{}{door}", server.url()), &keys[caller]);
        found.push((*caller, *door, all_actions(&mcp).await));
    }
    assert_table(&found);
    assert_every_refusal_is_audited(&server).await;
}

async fn all_actions(mcp: &Mcp) -> String {
    let list = mcp.send("tools/list", json!({})).await;
    let call = mcp.call("notes_list_notes", json!({})).await;
    let write = mcp.call("notes_add_note", json!({"marker": "x"})).await;
    let read = mcp.send("resources/read", json!({"uri": "notes://rules"})).await;
    // What is listed is what can be called.
    if list.status == 200 {
        let names = mcp.tool_names().await;
        for (tool, answer) in [("notes_list_notes", &call), ("notes_add_note", &write)] {
            assert_eq!(names.contains(&tool.to_owned()), verdict(answer) == "ok", "{tool}: {}", answer.body);
        }
    }
    [list, call, write, read].iter().map(verdict).collect::<Vec<_>>().join(" ")
}

fn verdict(answer: &Answer) -> String {
    match (answer.status, &answer.body["error"]["code"]) {
        (200, Value::Null) => verdict_of_result(&answer.body),
        (200 | 400 | 404, code) if *code == -32602 => "-".to_owned(),
        (status, _) => status.to_string(),
    }
}

fn verdict_of_result(body: &Value) -> String {
    if body["result"]["isError"] == true { format!("error: {body}") } else { "ok".to_owned() }
}

fn assert_table(found: &[(&str, &str, String)]) {
    let differences: Vec<String> = TABLE
        .iter()
        .zip(found)
        .filter(|((.., expected), (.., found))| expected != found)
        .map(|((caller, door, expected), (.., found))| {
            format!("{caller} at {door}: expected {expected}, found {found}")
        })
        .collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The audit trail has refused calls, too, with who was refused what.
async fn assert_every_refusal_is_audited(server: &Server) {
    let admin = server.admin().await;
    // The rows of refusals are written in groups, soon after the answer.
    let refused = async |name: &str| {
        let page = admin.get(&format!("/api/v1/audit?outcome=refused&principal={name}")).await.expect(200);
        page["items"].as_array().is_some_and(|items| items.iter().any(|event| event["principal"] == name))
    };
    for name in ["member", "editor", "reader", "api", "api-reader", "confined"] {
        server.until(&format!("a refusal of {name} is in the trail"), async || refused(name).await).await;
    }
}

#[tokio::test]
async fn over_stdio() {
    let (site, keys) = cast::assemble();
    assert_stdio(&site, &keys).await;
}

#[tokio::test]
async fn over_stdio_beside_a_server() {
    let (site, keys) = cast::assemble();
    let _server = site.serve().await;
    assert_stdio(&site, &keys).await;
}

/// stdio knows the default virtual server, and others by name; the same table holds, with `403` as any refusal.
async fn assert_stdio(site: &Site, keys: &BTreeMap<&str, String>) {
    for (caller, door, expected) in TABLE {
        let server = door.strip_prefix("/servers/").and_then(|rest| rest.strip_suffix("/mcp"));
        if *caller == "nobody" || server == Some("nowhere") {
            continue;
        }
        let arguments: Vec<&str> = server.iter().flat_map(|name| ["--server", name]).collect();
        let mut stdio = Stdio::start(site, &keys[caller], &arguments);
        let mut found = Vec::new();
        for (method, params) in [
            ("tools/list", json!({})),
            ("tools/call", json!({"name": "notes_list_notes", "arguments": {}})),
            ("tools/call", json!({"name": "notes_add_note", "arguments": {"marker": "x"}})),
            ("resources/read", json!({"uri": "notes://rules"})),
        ] {
            found.push(match stdio.send(method, params).await {
                Value::Null => "403".to_owned(),
                answer if answer["error"]["code"] == -32602 => "-".to_owned(),
                answer if answer["error"].is_object() => "403".to_owned(),
                answer => verdict_of_result(&answer),
            });
        }
        assert_eq!(*expected, found.join(" "), "{caller} at {door}");
    }
    assert!(!erp::rows(&site.notes(), "SELECT * FROM notes", &[]).is_empty(), "the allowed wrote something");
}
