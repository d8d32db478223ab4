//! Edits of single objects.

use puente_domain::{Role, catalog::Origin, catalog::SourceKind};
use puente_gateway::{
    Error, SourceState,
    catalog::edit::{NewSource, NewTool, SourceChange, ToolChange},
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::world::{World, catalog, member, somebody};

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn new_source(settings: &Value) -> NewSource {
    NewSource {
        name: "crm".parse().unwrap(),
        kind: SourceKind::Http,
        description: String::new(),
        settings: map(settings),
        enabled: true,
    }
}

#[tokio::test]
async fn a_source_that_connects_elsewhere_loses_its_secrets() {
    let world = World::new().await;
    let (gateway, editor) = (&world.gateway, somebody("ed", Role::Editor, &[]));
    gateway.set_secret(&editor, "crm.token", &SecretString::from("t0ken")).await.unwrap();
    gateway.set_secret(&editor, "other", &SecretString::from("other")).await.unwrap();
    let settings = json!({"url": "http://crm", "token": "${secret:crm.token}"});
    let source = gateway.create_source(&editor, new_source(&settings)).await.unwrap();
    assert_eq!(world.backstage.definitions.lock().unwrap()[0]["token"], "t0ken");

    let benign = map(&json!({"url": "http://crm", "token": "${secret:crm.token}", "timeout": "1s"}));
    let change = SourceChange { settings: Some(benign), ..SourceChange::default() };
    let source = gateway.update_source(&editor, "crm", change, Some(source.version)).await.unwrap();
    assert_eq!(gateway.secrets(&editor).await.unwrap().len(), 2);

    let evil = map(&json!({"url": "http://evil", "token": "${secret:crm.token}"}));
    let change = SourceChange { settings: Some(evil), ..SourceChange::default() };
    gateway.update_source(&editor, "crm", change, Some(source.version)).await.unwrap();
    let left: Vec<String> = gateway.secrets(&editor).await.unwrap().into_iter().map(|secret| secret.name).collect();
    assert_eq!(left, ["other"]);
    assert!(world.backstage.definitions.lock().unwrap().iter().all(|settings| settings["url"] != "http://evil"));
    let health = gateway.sources_health(&editor).await.unwrap();
    assert!(matches!(&health[0].state, SourceState::Broken(why) if why.contains("crm.token")), "{health:?}");
}

#[tokio::test]
async fn an_editor_cannot_reach_what_the_operator_can() {
    let yaml = catalog(&["{name: a}"]).replace("http://erp", "${env:CARGO_PKG_NAME}");
    let world = World::applied(&yaml).await;
    let (gateway, editor) = (&world.gateway, somebody("ed", Role::Editor, &[]));
    gateway.set_secret(&world.operator, "other", &SecretString::from("other")).await.unwrap();
    for settings in [json!({"url": "${env:CARGO_PKG_NAME}"}), json!({"url": "http://x", "token": "${secret:other}"})] {
        let refused = gateway.create_source(&editor, new_source(&settings)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    let change = SourceChange {
        settings: Some(map(&json!({"url": "${env:CARGO_PKG_NAME}", "x": 1}))),
        ..SourceChange::default()
    };
    assert!(matches!(gateway.update_source(&editor, "erp", change, None).await, Err(Error::Invalid(_))));
    let describe = SourceChange { description: Some("Books".to_owned()), ..SourceChange::default() };
    let source = gateway.update_source(&editor, "erp", describe, None).await.unwrap();
    assert_eq!(source.origin, Origin::Operator);
}

#[tokio::test]
async fn tools_are_edited_at_the_version_that_was_seen() {
    let world = World::applied(&catalog(&["{name: a}"])).await;
    let (gateway, editor) = (&world.gateway, somebody("ed", Role::Editor, &[]));
    let new = |name: &str, settings| NewTool {
        name: name.parse().unwrap(),
        description: String::new(),
        settings: map(&settings),
        enabled: true,
    };
    let tool = gateway.create_tool(&editor, "erp", new("b", json!({"act": "echo"}))).await.unwrap();
    let cx = world.cx(&member("ana"));
    assert_eq!(world.tools(&cx).await, ["erp_a", "erp_b"]);
    assert!(matches!(gateway.create_tool(&editor, "erp", new("b", json!({}))).await, Err(Error::Conflict(_))));
    let broken = gateway.create_tool(&editor, "erp", new("c", json!({"act": "broken"}))).await;
    assert!(matches!(&broken, Err(Error::Invalid(found)) if found[0].path == "act"), "{broken:?}");

    let off = ToolChange { enabled: Some(false), ..ToolChange::default() };
    let changed = gateway.update_tool(&editor, "erp", "b", off.clone(), Some(tool.version)).await.unwrap();
    assert_eq!(changed.version, gateway.tool(&editor, "erp", "b").await.unwrap().version);
    assert_eq!(world.tools(&cx).await, ["erp_a"]);
    let stale = gateway.update_tool(&editor, "erp", "b", off, Some(tool.version)).await;
    assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
    assert!(matches!(gateway.delete_tool(&member("ana"), "erp", "b", None).await, Err(Error::Refused(_))));
    gateway.delete_tool(&editor, "erp", "b", Some(changed.version)).await.unwrap();
    assert!(matches!(gateway.tool(&editor, "erp", "b").await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn sources_are_looked_after() {
    let world = World::applied(&catalog(&["{name: a}"])).await;
    let health = world.gateway.sources_health(&world.operator).await.unwrap();
    assert_eq!((health[0].name.as_str(), &health[0].state, health[0].tools), ("erp", &SourceState::Ready, 1));
    assert_eq!(world.gateway.source_test(&world.operator, "erp").await.unwrap().system, "Fake 1");
    assert_eq!(world.another().source_test(&world.operator, "erp").await.unwrap().system, "Fake 1");
    assert!(matches!(world.gateway.source_test(&world.operator, "x").await, Err(Error::NotFound { .. })));
    assert!(world.gateway.source_draft(&world.operator, "erp").await.unwrap().contains("erp"));
    assert!(matches!(world.gateway.source_test(&member("ana"), "erp").await, Err(Error::Refused(_))));
}
