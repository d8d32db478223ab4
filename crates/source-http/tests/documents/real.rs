//! Documents that nobody here wrote: every operation is a tool, and every call keeps to the document.

use std::{path::PathBuf, sync::Arc};

use puente_source_http::HttpConnector;
use puente_sources::{Connector, Definition, Synced, ToolSettings};
use puente_test_support::catalog::tool;
use serde_json::{Value, json};

use super::{generate, mock};
use crate::api::support::{Api, call, definition, text};

/// Where data for tests is kept, if it is on this machine.
fn data(file: &str) -> Option<PathBuf> {
    let near = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("PUENTE_TEST_DATA").map_or_else(|| PathBuf::from(near), PathBuf::from);
    let path = folder.join(file);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
    }
    path.exists().then_some(path)
}

/// The tools of a document, with the settings that they need.
pub(crate) async fn synced(document: &str, more: &Value) -> (Synced, Definition) {
    let mut settings = json!({"openapi": {"document": document}});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut definition = definition(&settings, &json!({}));
    let synced = HttpConnector.sync(&definition).await.unwrap();
    definition.settings.extend(synced.settings.clone());
    definition.written = definition.settings.clone();
    definition.tools = synced
        .tools
        .iter()
        .map(|one| {
            let mut record = tool(one.name.as_str(), &Value::Object(one.settings.clone()));
            record.description = one.description.clone().unwrap_or_default();
            (record, ToolSettings::default())
        })
        .collect();
    (synced, definition)
}

/// Calls every tool with every argument, against a server that checks the document. Returns how many there are.
async fn exercise(document: &str, whole: Value) -> usize {
    let whole = Arc::new(whole);
    let api = Api::start(move |seen| mock::respond(&whole, seen)).await;
    let (synced, mut definition) = synced(document, &json!({"base_url": api.url()})).await;
    assert_eq!(synced.problems, [""; 0]);
    if let Some(Value::Object(servers)) = definition.settings.get_mut("servers") {
        servers.values_mut().for_each(|url| *url = json!(api.url()));
    }
    let findings = HttpConnector.check(&definition);
    assert!(findings.is_empty(), "{findings:?}");
    let source = HttpConnector.connect(definition).unwrap();
    let offer = source.offer();
    let mut wrong = Vec::new();
    for offered in &offer.tools {
        let name = &offered.tool.name;
        assert!(
            name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')),
            "{name}"
        );
        let schema = Value::Object((*offered.tool.input_schema).clone());
        jsonschema::draft202012::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        let arguments = generate::value(&schema, &schema, 0);
        let result = call(&*source, name, arguments).await.unwrap();
        if result.is_error {
            wrong.push(format!("{name}: {}", text(&result)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), offer.tools.len(), wrong.join("\n"));
    offer.tools.len()
}

fn operations(document: &Value) -> usize {
    let methods = ["get", "post", "put", "patch", "delete", "head", "options"];
    let items = document["paths"].as_object().unwrap().values();
    items.map(|item| methods.iter().filter(|method| item.get(**method).is_some()).count()).sum()
}

#[tokio::test]
async fn every_operation_of_the_petstore_is_a_tool() {
    let Some(path) = data("petstore-openapi.yaml") else { return };
    let document: Value = serde_saphyr::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let expected = operations(&document);
    assert_eq!(exercise(path.to_str().unwrap(), document).await, expected);
}

#[tokio::test]
async fn every_operation_of_box_is_a_tool() {
    let Some(path) = data("box-openapi.json") else { return };
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let expected = operations(&document);
    assert_eq!((expected, exercise(path.to_str().unwrap(), document).await), (296, 296));
}
