//! Virtual servers.

use puente_domain::server::{Discovery, Grantee, VirtualServer};

use super::samples::{self, later, page, server};
use crate::{Storage, StorageError};

/// Every field comes back as it was; grants go with it.
pub async fn round_trip(storage: &dyn Storage) {
    let one = server("finance");
    let other = VirtualServer {
        include: Vec::new(),
        exclude: vec!["erp.delete_*".to_owned(), "\"quoted\", ünïcode".to_owned()],
        prefix: false,
        discovery: Discovery::Beside,
        open: true,
        enabled: false,
        description: String::new(),
        ..server("default")
    };
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&one).await.unwrap();
    tx.servers().add(&other).await.unwrap();
    tx.grants().add(&samples::grant(one.id, Grantee::Role(puente_domain::Role::Member))).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.servers().get(one.id).await.unwrap().as_ref(), Some(&one));
    assert_eq!(tx.servers().by_name("default").await.unwrap(), Some(other));
    assert_eq!(tx.servers().by_name("none").await.unwrap(), None);
    assert!(tx.servers().remove(one.id).await.unwrap());
    assert!(!tx.servers().remove(one.id).await.unwrap());
    assert_eq!(tx.servers().get(one.id).await.unwrap(), None);
    assert_eq!(tx.grants().list(None, &page(None, 10)).await.unwrap().items, []);
}

/// On adding and on renaming.
pub async fn name_is_unique(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&server("finance")).await.unwrap();
    let added = tx.servers().add(&server("finance")).await;
    assert!(matches!(added, Err(StorageError::Conflict("servers.name"))), "{added:?}");
}

/// An edit writes everything but id and creation, and counts up.
pub async fn stale_edit(storage: &dyn Storage) {
    let before = server("finance");
    let edited = VirtualServer {
        name: samples::name("money"),
        description: "Money".to_owned(),
        include: vec!["bank.*".to_owned()],
        exclude: vec!["bank.pay".to_owned()],
        prefix: false,
        discovery: Discovery::Instead,
        open: true,
        enabled: false,
        updated_at: later(1),
        ..before.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&before).await.unwrap();
    tx.servers().update(&VirtualServer { created_at: later(9), ..edited.clone() }).await.unwrap();
    let stale = tx.servers().update(&edited).await;
    assert!(matches!(stale, Err(StorageError::Stale("servers"))), "{stale:?}");
    assert_eq!(tx.servers().get(before.id).await.unwrap(), Some(VirtualServer { version: 2, ..edited }));
}

/// By name.
pub async fn pages_in_byte_order(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    for label in ["b", "a_1", "A", "a-1", "Z"] {
        tx.servers().add(&server(label)).await.unwrap();
    }
    let first = tx.servers().list(&page(None, 3)).await.unwrap();
    let second = tx.servers().list(&page(first.next.as_deref(), 3)).await.unwrap();
    let names: Vec<_> = first.items.iter().chain(&second.items).map(|server| server.name.as_str()).collect();
    assert_eq!(names, ["A", "Z", "a-1", "a_1", "b"]);
    assert_eq!(second.next, None);
}
