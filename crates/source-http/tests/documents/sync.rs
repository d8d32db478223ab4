//! Following a document that changes, without undoing what was edited here.

use puente_source_http::HttpConnector;
use puente_sources::{Change, Connector, Definition, Synced};
use serde_json::{Value, json};

use super::real::synced;

fn document(operations: &Value) -> Value {
    json!({"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": operations})
}

fn get(summary: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<Value> =
        parameters.iter().map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})).collect();
    json!({"get": {"summary": summary, "parameters": parameters, "responses": {}}})
}

async fn again(definition: &Definition) -> Synced {
    HttpConnector.sync(definition).await.unwrap()
}

fn change<'a>(synced: &'a Synced, name: &str) -> &'a puente_sources::SyncedTool {
    synced.tools.iter().find(|tool| tool.name.as_str() == name).unwrap_or_else(|| panic!("no {name} in {synced:?}"))
}

#[tokio::test]
async fn edits_stay_and_what_the_document_says_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    let before = json!({"/a": get("A.", &["x", "y"]), "/b": get("B.", &[]), "/c": get("C.", &[]), "/d": get("D.", &[]), "/e": get("E.", &["x"])});
    std::fs::write(&path, document(&before).to_string()).unwrap();
    let (_, mut definition) = synced(path.to_str().unwrap(), &json!({})).await;
    let unchanged = again(&definition).await;
    assert!(unchanged.tools.iter().all(|tool| tool.change == Change::Unchanged) && unchanged.settings.is_empty());

    // Somebody renames a tool, rewrites its description, fixes a parameter; works on another; edits an operation.
    let tool = |definition: &mut Definition, name: &str, edit: &dyn Fn(&mut puente_domain::catalog::ToolRecord)| {
        edit(&mut definition.tools.iter_mut().find(|(tool, _)| tool.name.as_str() == name).unwrap().0);
    };
    tool(&mut definition, "get_a", &|tool| {
        tool.name = "find".parse().unwrap();
        tool.description = "Finds.".to_owned();
        tool.settings.insert("parameters".to_owned(), json!({"y": {"fixed": "1"}}));
    });
    tool(&mut definition, "get_d", &|tool| drop(tool.settings.insert("pick".to_owned(), json!("/d"))));
    tool(&mut definition, "get_e", &|tool| tool.settings["operation"]["path"] = json!("/elsewhere"));

    let after = json!({"/a": get("A, better.", &["y", "z"]), "/b": get("B, better.", &[]), "/e": get("E.", &["x", "y"]), "/f": get("F.", &[])});
    std::fs::write(&path, document(&after).to_string()).unwrap();
    let changes = again(&definition).await;
    let find = change(&changes, "find");
    assert_eq!((find.change, &find.description, find.has_local_edits), (Change::Changed, &None, true));
    assert_eq!(find.details, ["parameters.x", "parameters.z"]);
    let b = change(&changes, "get_b");
    assert_eq!((b.change, b.description.as_deref()), (Change::Changed, Some("B, better.")));
    let removed = |name| (change(&changes, name).change, change(&changes, name).has_local_edits);
    assert_eq!((removed("get_c"), removed("get_d")), ((Change::Removed, false), (Change::Removed, true)));
    assert_eq!(change(&changes, "get_e").change, Change::Unchanged);
    assert!(changes.problems[0].contains("get_e: its `operation` was edited by hand"), "{:?}", changes.problems);
    assert_eq!(change(&changes, "get_f").change, Change::Added);

    // What comes out is the new operation with the edits on top.
    let settings = find.settings.clone();
    tool(&mut definition, "find", &|tool| tool.settings.extend(settings.clone()));
    let source = HttpConnector.connect(definition).unwrap();
    let offer = source.offer();
    let offered = offer.tools.iter().find(|offered| offered.tool.name == "find").unwrap();
    let properties: Vec<&str> =
        offered.tool.input_schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((properties, offered.tool.description.as_deref()), (vec!["z"], Some("Finds.")));
}

#[tokio::test]
async fn a_draft_is_a_catalog_that_shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document(&json!({"/a": get("A.", &["x"])})).to_string()).unwrap();
    let (_, mut definition) =
        synced(path.to_str().unwrap(), &json!({"auth": {"type": "bearer", "token": "hunter2"}})).await;
    definition.written["auth"]["token"] = json!("${secret:shop.token}");
    let draft = HttpConnector.draft(&definition).await.unwrap();
    assert!(!draft.contains("hunter2"), "{draft}");
    let read: Value = serde_saphyr::from_str(&draft).unwrap();
    let source = &read["sources"][0];
    assert_eq!((&source["type"], &source["base_url"]), (&json!("http"), &json!("https://a.example")));
    assert_eq!(source["auth"]["token"], "${secret:shop.token}");
    assert_eq!(source["tools"][0]["operation"]["from"], "GET /a");
}
