//! Sources and what they offer.

use puente_domain::catalog::{Origin, PromptRecord, ResourceRecord, SourceKind, SourceRecord, ToolRecord};
use serde_json::{Map, json};

use super::samples::{self, later, page, prompt, resource, saved_source, settings, source, tool};
use crate::{CatalogRows, Storage, StorageError, ToolFilter};

/// Every field comes back as it was, settings with the order of their keys.
pub async fn sources_round_trip(storage: &dyn Storage) {
    let one = source("erp");
    let other = SourceRecord {
        kind: SourceKind::Files,
        origin: Origin::Editor,
        enabled: false,
        settings: Map::new(),
        description: String::new(),
        ..source("docs")
    };
    let mut tx = storage.write().await.unwrap();
    tx.catalog().add_source(&one).await.unwrap();
    tx.catalog().add_source(&other).await.unwrap();
    let read = tx.catalog().source(one.id).await.unwrap().unwrap();
    assert_eq!(read.settings.keys().collect::<Vec<_>>(), one.settings.keys().collect::<Vec<_>>());
    assert_eq!(read, one);
    assert_eq!(tx.catalog().source_by_name("docs").await.unwrap(), Some(other));
    assert_eq!(tx.catalog().source_by_name("none").await.unwrap(), None);
    for kind in [SourceKind::Http, SourceKind::Mcp] {
        let more = SourceRecord { kind, ..source(kind.as_str()) };
        tx.catalog().add_source(&more).await.unwrap();
        assert_eq!(tx.catalog().source(more.id).await.unwrap(), Some(more));
    }
}

/// Names that differ in case are two names.
pub async fn source_name_is_unique(storage: &dyn Storage) {
    saved_source(storage, "erp").await;
    saved_source(storage, "ERP").await;
    let mut tx = storage.write().await.unwrap();
    let added = tx.catalog().add_source(&source("erp")).await;
    assert!(matches!(added, Err(StorageError::Conflict("sources.name"))), "{added:?}");
}

/// In name and description, by name in byte order.
pub async fn source_search(storage: &dyn Storage) {
    for label in ["b_erp", "A", "a-erp"] {
        saved_source(storage, label).await;
    }
    let mut tx = storage.read().await.unwrap();
    for (search, expected) in [
        (None, vec!["A", "a-erp", "b_erp"]),
        (Some("ERP"), vec!["a-erp", "b_erp"]),
        (Some("_"), vec!["b_erp"]),
        (Some("ZÜRICH"), vec!["A", "a-erp", "b_erp"]),
        (Some("zurich"), vec![]),
    ] {
        let found = tx.catalog().sources(search, &page(None, 10)).await.unwrap();
        let names: Vec<_> = found.items.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, expected, "searching {search:?}");
    }
    let second = tx.catalog().sources(None, &page(Some("A"), 1)).await.unwrap();
    assert_eq!((second.items[0].name.as_str(), second.next.as_deref()), ("a-erp", Some("a-erp")));
}

/// Every field comes back as it was, NUL in a setting too, which JSON escapes.
pub async fn tools_round_trip(storage: &dyn Storage) {
    let erp = saved_source(storage, "erp").await;
    let (one, other) = (tool(erp.id, "search"), ToolRecord { enabled: false, version: 7, ..tool(erp.id, "delete") });
    let mut tx = storage.write().await.unwrap();
    tx.catalog().add_tool(&one).await.unwrap();
    tx.catalog().add_tool(&other).await.unwrap();
    assert_eq!(tx.catalog().tool(one.id).await.unwrap(), Some(one.clone()));
    assert_eq!(tx.catalog().tool(other.id).await.unwrap(), Some(other));
    assert!(tx.catalog().remove_tool(one.id).await.unwrap());
    assert!(!tx.catalog().remove_tool(one.id).await.unwrap());
    assert_eq!(tx.catalog().tool(one.id).await.unwrap(), None);
}

/// Within a source only.
pub async fn tool_names_are_unique_by_source(storage: &dyn Storage) {
    let (erp, crm) = (saved_source(storage, "erp").await, saved_source(storage, "crm").await);
    let mut tx = storage.write().await.unwrap();
    tx.catalog().add_tool(&tool(erp.id, "search")).await.unwrap();
    tx.catalog().add_tool(&tool(crm.id, "search")).await.unwrap();
    tx.catalog().add_tool(&tool(erp.id, "Search")).await.unwrap();
    let added = tx.catalog().add_tool(&tool(erp.id, "search")).await;
    assert!(matches!(added, Err(StorageError::Conflict("tools.name"))), "{added:?}");
}

/// By id; by source and text.
pub async fn tool_pages_and_search(storage: &dyn Storage) {
    let (erp, crm) = (saved_source(storage, "erp").await, saved_source(storage, "crm").await);
    let mut tx = storage.write().await.unwrap();
    for (source, label) in [(&erp, "z"), (&crm, "y"), (&erp, "x"), (&erp, "EXPENSIVE"), (&crm, "a")] {
        tx.catalog().add_tool(&tool(source.id, label)).await.unwrap();
    }
    let all = ToolFilter::default();
    let of_erp = ToolFilter { source: Some(erp.id), search: None };
    let by_name = ToolFilter { source: None, search: Some("nsiv".to_owned()) };
    let nothing = ToolFilter { source: Some(crm.id), search: Some("nsiv".to_owned()) };
    let by_description = ToolFilter { source: Some(crm.id), search: Some("COMPANY".to_owned()) };
    for (filter, expected) in [
        (&all, vec!["z", "y", "x", "EXPENSIVE", "a"]),
        (&of_erp, vec!["z", "x", "EXPENSIVE"]),
        (&by_name, vec!["EXPENSIVE"]),
        (&nothing, vec![]),
        (&by_description, vec!["y", "a"]),
    ] {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let slice = tx.catalog().tools(filter, &page(after.as_deref(), 2)).await.unwrap();
            names.extend(slice.items.into_iter().map(|tool| tool.name.to_string()));
            after = slice.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, expected, "{filter:?}");
    }
}

/// No tool, prompt or resource without a source.
pub async fn tool_source_must_exist(storage: &dyn Storage) {
    let none = source("none").id;
    let mut tx = storage.write().await.unwrap();
    let added = tx.catalog().add_tool(&tool(none, "search")).await;
    assert!(matches!(added, Err(StorageError::Missing("tools.source"))), "{added:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let added = tx.catalog().put_prompt(&prompt(none, "hello")).await;
    assert!(matches!(added, Err(StorageError::Missing("prompts.source"))), "{added:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let added = tx.catalog().put_resource(&resource(none, "hello", "file:///hello")).await;
    assert!(matches!(added, Err(StorageError::Missing("resources.source"))), "{added:?}");
}

/// Edits write everything but id, source and creation, count up, and refuse a version that is gone.
pub async fn stale_edits(storage: &dyn Storage) {
    let erp = saved_source(storage, "erp").await;
    let search = tool(erp.id, "search");
    let source_after = SourceRecord {
        name: samples::name("crm"),
        kind: SourceKind::Http,
        description: "Customers".to_owned(),
        settings: settings(&json!({"url": "https://crm.example.com"})),
        origin: Origin::Editor,
        enabled: false,
        updated_at: later(1),
        ..erp.clone()
    };
    let tool_after = ToolRecord {
        name: samples::name("find"),
        description: "Finds".to_owned(),
        settings: settings(&json!({"path": "/find"})),
        enabled: false,
        updated_at: later(1),
        ..search.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.catalog().add_tool(&search).await.unwrap();
    tx.catalog().update_source(&SourceRecord { created_at: later(9), ..source_after.clone() }).await.unwrap();
    tx.catalog().update_tool(&tool_after).await.unwrap();
    let stale = tx.catalog().update_source(&source_after).await;
    assert!(matches!(stale, Err(StorageError::Stale("sources"))), "{stale:?}");
    let stale = tx.catalog().update_tool(&tool_after).await;
    assert!(matches!(stale, Err(StorageError::Stale("tools"))), "{stale:?}");
    let found = tx.catalog().sources(Some("customers"), &page(None, 10)).await.unwrap();
    assert_eq!(found.items, [SourceRecord { version: 2, ..source_after }]);
    let filter = ToolFilter { source: None, search: Some("finds".to_owned()) };
    let found = tx.catalog().tools(&filter, &page(None, 10)).await.unwrap();
    assert_eq!(found.items, [ToolRecord { version: 2, ..tool_after }]);
}

/// Added, replaced by id, unique by name within their source.
pub async fn prompts(storage: &dyn Storage) {
    let erp = saved_source(storage, "erp").await;
    let hello = prompt(erp.id, "hello");
    let renamed = PromptRecord {
        name: samples::name("welcome"),
        description: "Greets".to_owned(),
        settings: settings(&json!({"messages": []})),
        ..hello.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.catalog().put_prompt(&hello).await.unwrap();
    tx.catalog().put_prompt(&renamed).await.unwrap();
    assert_eq!(tx.catalog().load().await.unwrap().prompts, std::slice::from_ref(&renamed));
    tx.save().await.unwrap();
    let mut tx = storage.write().await.unwrap();
    let added = tx.catalog().put_prompt(&prompt(erp.id, "welcome")).await;
    assert!(matches!(added, Err(StorageError::Conflict("prompts.name"))), "{added:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    assert!(tx.catalog().remove_prompt(renamed.id).await.unwrap());
    assert!(!tx.catalog().remove_prompt(renamed.id).await.unwrap());
}

/// Added, replaced by id, unique by name within their source and by URI in the catalog.
pub async fn resources(storage: &dyn Storage) {
    let (erp, crm) = (saved_source(storage, "erp").await, saved_source(storage, "crm").await);
    let hello = resource(erp.id, "hello", "file:///hello");
    let moved = ResourceRecord {
        uri: "file:///hällo 😀".to_owned(),
        description: "A text".to_owned(),
        settings: settings(&json!({"text": ""})),
        ..hello.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.catalog().put_resource(&hello).await.unwrap();
    tx.catalog().put_resource(&moved).await.unwrap();
    assert_eq!(tx.catalog().load().await.unwrap().resources, std::slice::from_ref(&moved));
    tx.save().await.unwrap();
    for (other, column) in [
        (resource(erp.id, "hello", "file:///other"), "resources.name"),
        (resource(crm.id, "hello", &moved.uri), "resources.uri"),
    ] {
        let mut tx = storage.write().await.unwrap();
        let added = tx.catalog().put_resource(&other).await;
        assert!(matches!(added, Err(StorageError::Conflict(taken)) if taken == column), "{added:?}");
    }
    let mut tx = storage.write().await.unwrap();
    assert!(tx.catalog().remove_resource(moved.id).await.unwrap());
    assert!(!tx.catalog().remove_resource(moved.id).await.unwrap());
}

/// Sources by name, the rest by their source's name and their own; a source takes along what it offers.
pub async fn loads_sorted_and_removes_with_source(storage: &dyn Storage) {
    let (zoo, ark) = (saved_source(storage, "zoo").await, saved_source(storage, "Ark").await);
    let mut tx = storage.write().await.unwrap();
    for (source, label) in [(&zoo, "b"), (&zoo, "B"), (&ark, "c")] {
        tx.catalog().add_tool(&tool(source.id, label)).await.unwrap();
        tx.catalog().put_prompt(&prompt(source.id, label)).await.unwrap();
        let uri = format!("file:///{}/{label}", source.name);
        tx.catalog().put_resource(&resource(source.id, label, &uri)).await.unwrap();
    }
    let rows = tx.catalog().load().await.unwrap();
    assert_eq!(rows.sources, [ark.clone(), zoo.clone()]);
    let expected = ["c", "B", "b"];
    assert_eq!(rows.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(rows.prompts.iter().map(|prompt| prompt.name.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(rows.resources.iter().map(|resource| resource.name.as_str()).collect::<Vec<_>>(), expected);
    assert!(tx.catalog().remove_source(zoo.id).await.unwrap());
    assert!(tx.catalog().remove_source(ark.id).await.unwrap());
    assert!(!tx.catalog().remove_source(ark.id).await.unwrap());
    assert_eq!(tx.catalog().load().await.unwrap(), CatalogRows::default());
}
