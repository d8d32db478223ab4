//! Transactions, and rules that hold for every repository.

use puente_domain::{Timestamp, user::User};

use super::samples::{NOW, event, later, page, saved_user, user};
use crate::{AuditFilter, Page, Storage, StorageError, Versioned};

/// Neither rows nor an open transaction are left, so that the next writer goes on at once.
pub async fn dropped_leaves_no_trace(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&user("ana@example.com")).await.unwrap();
    drop(tx);
    saved_user(storage, "ana@example.com").await;
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().count().await.unwrap(), 1);
}

/// As dropped, and waited for.
pub async fn cancelled_leaves_no_trace(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&user("ana@example.com")).await.unwrap();
    tx.cancel().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().count().await.unwrap(), 0);
}

/// After a conflict nothing of a transaction is saved, and saving says so.
pub async fn failed_cannot_be_saved(storage: &dyn Storage) {
    saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&user("bo@example.com")).await.unwrap();
    tx.users().add(&user("ana@example.com")).await.unwrap_err();
    let saved = tx.save().await;
    assert!(matches!(saved, Err(StorageError::Driver(_))), "{saved:?}");
    saved_user(storage, "bo@example.com").await;
}

/// These are found before the database is asked, or by its answer.
pub async fn stale_and_unstorable_do_not_end_it(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    tx.users().update(&User { version: 9, ..ana }).await.unwrap_err();
    tx.users().add(&user("\0")).await.unwrap_err();
    tx.users().add(&user("bo@example.com")).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().count().await.unwrap(), 2);
}

/// What was saved after its first look stays unseen.
pub async fn reading_sees_a_snapshot(storage: &dyn Storage) {
    let mut reader = storage.read().await.unwrap();
    assert_eq!(reader.users().count().await.unwrap(), 0);
    saved_user(storage, "ana@example.com").await;
    assert_eq!(reader.users().count().await.unwrap(), 0);
    assert_eq!(storage.read().await.unwrap().users().count().await.unwrap(), 1);
}

/// The database says so, not only the type.
pub async fn reading_cannot_write(storage: &dyn Storage) {
    let mut tx = storage.read().await.unwrap();
    let added = tx.users().add(&user("ana@example.com")).await;
    assert!(matches!(added, Err(StorageError::ReadOnly(_))), "{added:?}");
}

/// Thirty writers at once lose no count.
pub async fn concurrent_counts_add_up(storage: &dyn Storage) {
    let count = || async {
        let mut tx = storage.write().await.unwrap();
        tx.versions().bump(Versioned::Rights).await.unwrap();
        tx.save().await.unwrap();
    };
    let mut writers: Vec<_> = (0..30).map(|_| Box::pin(count())).collect();
    all(&mut writers).await;
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.versions().get(Versioned::Rights).await.unwrap(), 30);
}

/// Of edits that saw the same version, one wins and the others are told.
pub async fn concurrent_edits_have_one_winner(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let edit = async |name: usize| {
        let mut tx = storage.write().await.unwrap();
        match tx.users().update(&User { display_name: name.to_string(), ..ana.clone() }).await {
            Ok(()) => tx.save().await.unwrap(),
            Err(error) => {
                assert!(matches!(error, StorageError::Stale("users")), "{error:?}");
                tx.cancel().await.unwrap();
            }
        }
    };
    let mut writers: Vec<_> = (0..10).map(|name| Box::pin(edit(name))).collect();
    all(&mut writers).await;
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().get(ana.id).await.unwrap().unwrap().version, 2);
}

/// Runs futures side by side until all are done.
pub(super) async fn all<F: Future<Output = ()> + Unpin>(futures: &mut Vec<F>) {
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| std::pin::Pin::new(future).poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// From 4714 BC to the last moment there is.
pub async fn times_keep_every_microsecond(storage: &dyn Storage) {
    let moments = [0, 1, -1, 999_999, NOW.as_micros(), i64::MAX, -210_866_803_200_000_000, 253_402_300_800_000_000];
    let mut tx = storage.write().await.unwrap();
    for micros in moments {
        let moment = Timestamp::from_micros(micros);
        let one = User { disabled_at: Some(moment), created_at: moment, ..user(&micros.to_string()) };
        tx.users().add(&one).await.unwrap();
        assert_eq!(tx.users().get(one.id).await.unwrap(), Some(one));
    }
}

/// PostgreSQL could not hold them.
pub async fn times_before_the_databases_begin_are_refused(storage: &dyn Storage) {
    for micros in [i64::MIN, -210_866_803_200_000_001] {
        let mut tx = storage.write().await.unwrap();
        let early = User { updated_at: Timestamp::from_micros(micros), ..user("ana@example.com") };
        let added = tx.users().add(&early).await;
        assert!(matches!(added, Err(StorageError::Unstorable("time"))), "{added:?}");
    }
}

/// At least one item, at most a thousand.
pub async fn page_limits(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let events: Vec<_> = (0..1_002).map(|at| event("t", later(at)).into()).collect();
    tx.audit().add(&events).await.unwrap();
    for (limit, expected) in [(0, 1), (1, 1), (Page::MAX_LIMIT, 1_000), (u32::MAX, 1_000)] {
        let slice = tx.audit().list(&AuditFilter::default(), &page(None, limit)).await.unwrap();
        assert_eq!((slice.items.len(), slice.next.is_some()), (expected, true));
    }
}
