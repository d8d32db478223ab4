//! Versions, small values and leases.

use std::time::Duration;

use crate::{Lease, Storage, Versioned};

/// From zero, each on its own; a transaction that is not saved counts nothing.
pub async fn count_up(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.versions().get(Versioned::Catalog).await.unwrap(), 0);
    assert_eq!(tx.versions().bump(Versioned::Catalog).await.unwrap(), 1);
    assert_eq!(tx.versions().bump(Versioned::Catalog).await.unwrap(), 2);
    tx.save().await.unwrap();
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.versions().bump(Versioned::Catalog).await.unwrap(), 3);
    tx.cancel().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.versions().get(Versioned::Catalog).await.unwrap(), 2);
    assert_eq!(tx.versions().get(Versioned::Rights).await.unwrap(), 0);
}

/// Added and replaced; empty is not missing.
pub async fn values(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.versions().value("installation").await.unwrap(), None);
    for value in ["", "é😀", "x"] {
        tx.versions().set_value("installation", value).await.unwrap();
        assert_eq!(tx.versions().value("installation").await.unwrap().as_deref(), Some(value));
    }
}

fn lease(holder: &str, ttl: Duration) -> Lease {
    Lease { name: "serve".to_owned(), holder: holder.to_owned(), ttl }
}

async fn acquire(storage: &dyn Storage, lease: &Lease) -> bool {
    let mut tx = storage.write().await.unwrap();
    let acquired = tx.versions().acquire(lease).await.unwrap();
    tx.save().await.unwrap();
    acquired
}

/// One holder at a time; renewed by it, taken over when it has ended or was given back.
pub async fn lease_is_exclusive_until_it_ends(storage: &dyn Storage) {
    let hour = Duration::from_hours(1);
    assert!(acquire(storage, &lease("a", hour)).await);
    assert!(!acquire(storage, &lease("b", hour)).await);
    assert!(acquire(storage, &lease("a", hour)).await, "renewed");
    assert!(acquire(storage, &Lease { name: "migrate".to_owned(), ..lease("b", hour) }).await, "another lease");
    let mut tx = storage.write().await.unwrap();
    tx.versions().release("serve", "b").await.unwrap();
    tx.save().await.unwrap();
    assert!(!acquire(storage, &lease("b", hour)).await, "only its holder gives it back");
    let mut tx = storage.write().await.unwrap();
    tx.versions().release("serve", "a").await.unwrap();
    tx.save().await.unwrap();
    assert!(acquire(storage, &lease("b", Duration::from_millis(50))).await);
    // By the database's clock, so this waits for the condition and not for a time.
    while !acquire(storage, &lease("a", hour)).await {
        std::thread::yield_now();
    }
    assert!(!acquire(storage, &lease("b", hour)).await);
}

/// "For ever" is a lease, too.
pub async fn lease_longer_than_the_databases_count(storage: &dyn Storage) {
    assert!(acquire(storage, &lease("a", Duration::MAX)).await);
    assert!(!acquire(storage, &lease("b", Duration::MAX)).await);
}
