//! Accepted definitions of upstream tools.

use puente_domain::{SourceId, catalog::ToolPin};

use super::samples::{NOW, later, saved_source};
use crate::{Storage, StorageError};

fn pin(source: SourceId, tool: &str) -> ToolPin {
    ToolPin {
        source,
        tool: tool.to_owned(),
        definition: r#"{"description":"é"}"#.to_owned(),
        accepted_by: "admin@example.com".to_owned(),
        accepted_at: NOW,
    }
}

/// What is there already stays unless it is replaced; sorted by tool in byte order.
pub async fn added_once_replaced_and_removed(storage: &dyn Storage) {
    let source = saved_source(storage, "up").await.id;
    let (one, other) = (pin(source, "b"), pin(source, "A"));
    let mut tx = storage.write().await.unwrap();
    assert!(tx.pins().add(&one).await.unwrap());
    assert!(tx.pins().add(&other).await.unwrap());
    let changed = ToolPin { definition: "{}".to_owned(), accepted_at: later(1), ..one.clone() };
    assert!(!tx.pins().add(&changed).await.unwrap());
    assert_eq!(tx.pins().of(source).await.unwrap(), [other.clone(), one]);
    tx.pins().put(&changed).await.unwrap();
    assert_eq!(tx.pins().all().await.unwrap(), [other, changed]);
    assert!(tx.pins().remove(source, "b").await.unwrap());
    assert!(!tx.pins().remove(source, "b").await.unwrap());
}

/// A pin belongs to a source that exists.
pub async fn source_must_exist(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let added = tx.pins().add(&pin(SourceId::new(), "a")).await;
    assert!(matches!(added, Err(StorageError::Missing("tool_pins.source"))), "{added:?}");
}

/// They go with their source.
pub async fn removed_with_source(storage: &dyn Storage) {
    let source = saved_source(storage, "up").await.id;
    let mut tx = storage.write().await.unwrap();
    tx.pins().put(&pin(source, "a")).await.unwrap();
    tx.catalog().remove_source(source).await.unwrap();
    assert_eq!(tx.pins().of(source).await.unwrap(), []);
}
