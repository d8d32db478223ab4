//! A virtual server that offers `search_tools`, `describe_tool` and `call_tool` instead of a long list.

use std::path::PathBuf;

use puente_tests::{
    Mcp, Site,
    official::{Language, Plan},
    tools,
};
use serde_json::{Value, json};

const SERVER: &str = "servers:\n  - {name: guided, include: ['*'], discovery: instead, grants: ['role:member']}\n";

/// What is asked of Box's 296 operations, and what must be in the answer.
const ASKED: [(&str, &str); 22] = [
    ("upload a file", "box_post_files_content"),
    ("upload a new version of a file", "box_post_files_id_content"),
    ("create folder", "box_post_folders"),
    ("collaborations of a folder", "box_get_folders_id_collaborations"),
    ("remove a comment", "box_delete_comments_id"),
    ("list webhooks", "box_get_webhooks"),
    ("copy file", "box_post_files_id_copy"),
    ("download a file's content", "box_get_files_id_content"),
    ("who am I", "box_get_users_me"),
    ("trash a file", "box_delete_files_id"),
    ("rename a folder", "box_put_folders_id"),
    ("add user to group", "box_post_group_memberships"),
    ("search content", "box_get_search"),
    ("list users of the enterprise", "box_get_users"),
    ("delete a user", "box_delete_users_id"),
    ("restore a deleted folder", "box_post_folders_id"),
    ("retention policies", "box_get_retention_policies"),
    ("comments on a file", "box_get_files_id_comments"),
    ("thumbnail", "box_get_files_id_thumbnail_id"),
    ("items in a folder", "box_get_folders_id_items"),
    ("sign request", "box_post_sign_requests"),
    ("move folder", "box_put_folders_id"),
];

#[tokio::test]
async fn official_clients_find_and_call() {
    let site = Site::with_sample();
    site.puente(&["apply", "-f", &site.write("guided.yaml", SERVER)]).expect_success();
    let key = site.key("client", &[]);
    let server = site.serve().await;
    let arguments = json!({"company_id": 2, "limit": 5});
    for language in [Language::Python, Language::TypeScript] {
        for mode in ["legacy", "auto"] {
            let report = Plan::http(&server.server_url("guided"), &key, mode)
                .step("tools/list", json!({}))
                .step("tools/call", json!({"name": "search_tools", "arguments": {"query": "expenses of a company"}}))
                .step("tools/call", json!({"name": "describe_tool", "arguments": {"name": "erp_search_expenses"}}))
                .step(
                    "tools/call",
                    json!({"name": "call_tool", "arguments": {"name": "erp_search_expenses", "arguments": arguments}}),
                )
                .step("tools/call", json!({"name": "erp_search_expenses", "arguments": arguments}))
                .run(language)
                .await;
            let listed = report.result(0)["tools"].as_array().unwrap();
            assert_eq!(names(listed), ["call_tool", "describe_tool", "search_tools"], "{language:?} {mode}");
            let found = report.result(1)["structuredContent"]["tools"].as_array().unwrap();
            assert_eq!(names(found)[0], "erp_search_expenses", "{found:?}");
            let schema = &report.result(2)["structuredContent"]["inputSchema"];
            assert!(jsonschema::validator_for(schema).unwrap().is_valid(&arguments), "{schema}");
            assert_eq!(report.result(3)["structuredContent"], report.result(4)["structuredContent"]);
            assert_eq!(report.result(3)["structuredContent"]["row_count"], 5);
        }
    }
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_asked_of_a_large_api_is_found() {
    let Some(document) = data("box-openapi.json") else { return };
    let site = Site::empty();
    let source = format!(
        "sources:\n  - name: box\n    type: http\n    base_url: https://api.box.com/2.0\n    openapi: {{document: {}}}\n",
        document.display()
    );
    site.puente(&["apply", "-f", &site.write("box.yaml", &(source + SERVER))]).expect_success();
    site.puente(&["source", "sync", "box"]).expect_success();
    let key = site.key("client", &[]);
    let server = site.serve().await;
    let mcp = Mcp::new(&server.server_url("guided"), &key);
    let search = async |query: &str| {
        let arguments = json!({"query": query});
        mcp.call("search_tools", arguments).await.expect(200)["result"]["structuredContent"].clone()
    };
    server.until("the tools are there", async || search("").await["total"] == 296).await;
    let mut missed = Vec::new();
    for (query, expected) in ASKED {
        let found = search(query).await;
        let found = names(found["tools"].as_array().unwrap()).join(" ");
        if !found.split(' ').any(|name| name == expected) {
            missed.push(format!("{query}: {expected} is not among {found}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A file that is not part of the project: see `shared/data/README.md`.
fn data(file: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("PUENTE_TEST_DATA").map_or_else(|| tools::root().join("../shared/data"), PathBuf::from);
    let path = folder.join(file);
    if !path.exists() {
        println!("skipped: {} is not there; PUENTE_TEST_DATA names the folder", path.display());
        return None;
    }
    Some(path)
}
