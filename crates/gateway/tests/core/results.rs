//! Oversized results.

use std::time::Duration;

use puente_domain::{Clock, audit::Outcome as Audited};
use puente_gateway::Caller;
use puente_mcp::{Client, Era, Handler, Inputs, McpError, Outcome, ReadResource, RequestContext, ToolResult};
use serde_json::{Value, json};

use crate::world::{World, catalog, member, said, structure};

async fn read(world: &World, cx: &RequestContext<Caller>, uri: &str) -> Result<Value, McpError> {
    match world.handler().read_resource(cx, ReadResource { uri, inputs: Inputs::default() }).await? {
        Outcome::Complete((result, _)) => Ok(serde_json::to_value(result.contents).unwrap()[0].clone()),
        other => panic!("not complete: {other:?}"),
    }
}

fn link(result: &ToolResult) -> String {
    let content = serde_json::to_value(&result.content).unwrap();
    let link = content.as_array().unwrap().iter().find(|block| block["type"] == "resource_link").unwrap().clone();
    link["uri"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_oversized_result_is_a_preview_and_a_link_for_its_caller_only() {
    let output = "{type: object, required: [rows, row_count, truncated], properties: {rows: {type: array}, \
                  row_count: {type: integer}, truncated: {type: boolean}}}";
    let tool = format!("{{name: big, act: big, size: 1000, max_result_bytes: 4096, output: {output}}}");
    let world = World::applied(&catalog(&[&tool])).await;
    let actor = member("ana");
    let (ana, ben) = (world.cx(&actor), world.cx(&member("ben")));
    let result = world.call(&ana, "erp_big", json!({})).await.unwrap();
    assert!(!result.is_error);
    let preview = structure(&result);
    assert_eq!((&preview["row_count"], &preview["truncated"]), (&json!(1000), &json!(true)));
    let shown = preview["rows"].as_array().unwrap().len();
    assert!((1..1000).contains(&shown), "{shown}");

    let uri = link(&result);
    let id = uri.strip_prefix("puente://results/").unwrap().parse().unwrap();
    let mut tx = world.storage.read().await.unwrap();
    let stored = tx.results().get(id, actor.principal.subject, world.clock.now()).await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&stored.body).contains("something"), "it is sealed");
    drop(tx);
    let whole = read(&world, &ana, &uri).await.unwrap();
    assert_eq!(whole["mimeType"], "application/json");
    let rows: Value = serde_json::from_str(whole["text"].as_str().unwrap()).unwrap();
    assert_eq!(rows["rows"].as_array().unwrap().len(), 1000);
    assert_eq!(read(&world, &ben, &uri).await, Err(McpError::UnknownResource(uri.clone())));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(read(&world, &ana, &uri).await, Err(McpError::UnknownResource(uri)));
}

#[tokio::test]
async fn what_cannot_be_previewed_in_its_structure_is_an_error_with_the_link() {
    let output = "{type: object, properties: {rows: {type: array, minItems: 1000}}}";
    let tools = [
        format!("{{name: strict, act: big, size: 1000, max_result_bytes: 4096, output: {output}}}"),
        "{name: text, act: text, size: 5000, max_result_bytes: 4096}".to_owned(),
    ];
    let world = World::applied(&catalog(&[&tools[0], &tools[1]])).await;
    let cx = world.cx(&member("ana"));
    let strict = world.call(&cx, "erp_strict", json!({})).await.unwrap();
    assert!(strict.is_error && strict.structured.is_none());
    assert!(read(&world, &cx, &link(&strict)).await.is_ok());
    let text = world.call(&cx, "erp_text", json!({})).await.unwrap();
    assert!(!text.is_error && said(&text).len() <= 2048);
    let whole = read(&world, &cx, &link(&text)).await.unwrap();
    assert_eq!((whole["text"].as_str().unwrap().len(), &whole["mimeType"]), (5000, &json!("text/plain")));
}

#[tokio::test]
async fn a_file_is_stored_for_its_caller_and_becomes_a_link() {
    let world = World::applied(&catalog(&["{name: fetch, act: file}"])).await;
    let (ana, ben) = (world.cx(&member("ana")), world.cx(&member("ben")));
    let result = world.call(&ana, "erp_fetch", json!({})).await.unwrap();
    let content = serde_json::to_value(&result.content).unwrap();
    assert_eq!(
        (&content[0]["text"], &content[1]["name"], &content[1]["size"]),
        (&json!("here"), &json!("a b.bin"), &json!(3))
    );
    assert!(!content.to_string().contains("/wAB"), "{content}");
    let uri = link(&result);
    let whole = read(&world, &ana, &uri).await.unwrap();
    assert_eq!((&whole["blob"], &whole["mimeType"]), (&json!("/wAB"), &json!("application/x-bin")));
    assert_eq!(read(&world, &ben, &uri).await, Err(McpError::UnknownResource(uri)));
}

#[tokio::test]
async fn a_structured_result_that_is_no_object_is_wrapped_for_legacy_clients() {
    let world = World::applied(&catalog(&["{name: list, act: list}"])).await;
    let mut cx = world.cx(&member("ana"));
    assert_eq!(structure(&world.call(&cx, "erp_list", json!({})).await.unwrap()), json!(["a", "b"]));
    cx.client = Client::silent(Era::Legacy);
    assert_eq!(structure(&world.call(&cx, "erp_list", json!({})).await.unwrap()), json!({"result": ["a", "b"]}));
}

#[tokio::test]
async fn reads_are_recorded_and_static_resources_are_served() {
    let yaml = catalog(&["{name: echo}"]).replace(
        "servers:",
        "    resources:\n      - {name: rules, uri: 'doc://rules', mime_type: text/markdown, text: '# Rules'}\nservers:",
    );
    let world = World::applied(&yaml).await;
    let cx = world.cx(&member("ana"));
    assert_eq!(read(&world, &cx, "doc://rules").await.unwrap()["text"], "# Rules");
    assert!(read(&world, &cx, "doc://other").await.is_err());
    world.gateway.audit_flush().await.unwrap();
    let rows = world.rows("resources/read").await;
    let seen: Vec<_> = rows.iter().map(|row| (row.target.as_str(), row.outcome)).collect();
    assert_eq!(seen, [("doc://rules", Audited::Ok), ("doc://other", Audited::Refused)]);
}
