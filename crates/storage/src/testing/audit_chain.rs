//! What proves the audit trail.

use puente_domain::{
    AuditBatchId, AuditId, AuditKeyId, Subject, UserId,
    audit::{AuditEvent, Outcome},
};

use super::samples::{NOW, event, later};
use crate::{AuditKey, Batch, Head, Mark, Marked, Seal, Storage, StorageError, Transaction, Whereabouts};

async fn key(tx: &mut dyn Transaction) -> AuditKey {
    let key = AuditKey { id: AuditKeyId::new(), sealed: vec![0, 1, 255], created_at: NOW };
    tx.audit_chain().put_key(&key).await.unwrap();
    key
}

async fn batch(tx: &mut dyn Transaction, key: &AuditKey, at: u64) -> Batch {
    let (id, entries) = (AuditBatchId::new(), vec![u8::try_from(at).unwrap(); 56]);
    let batch = Batch { id, key: key.id, entries, newest: later(at), mac: vec![0; 32], seal: None };
    tx.audit_chain().add_batch(&batch).await.unwrap();
    batch
}

fn marked(event: AuditEvent, batch: AuditBatchId) -> Marked {
    Marked { event, mark: Some(Mark { batch, salt: Some(vec![0, 255]) }) }
}

fn seal(number: i64, key: &AuditKey, newest: u64) -> Seal {
    let (batches, previous, hash) = (vec![1; 52], vec![2; 32], vec![3; 32]);
    Seal { number, key: key.id, at: NOW, newest: later(newest), batches, previous, hash }
}

/// Marks come back as they were, and go where an outcome goes.
pub async fn marks_round_trip(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let key = key(&mut *tx).await;
    let (first, second) = (batch(&mut *tx, &key, 1).await, batch(&mut *tx, &key, 2).await);
    let intent = marked(AuditEvent { outcome: Outcome::Unknown, ..event("a", later(1)) }, first.id);
    let bare = Marked { event: event("b", later(2)), mark: Some(Mark { batch: first.id, salt: None }) };
    tx.audit().add(&[intent.clone(), bare.clone()]).await.unwrap();
    let sorted = |mut rows: Vec<Marked>| {
        rows.sort_by_key(|row| row.event.id);
        rows
    };
    let found = tx.audit_chain().events_of(&[first.id, second.id], 10).await.unwrap();
    assert_eq!(sorted(found), [intent.clone(), bare.clone()]);
    assert_eq!(tx.audit_chain().events_of(&[first.id], 1).await.unwrap().len(), 1);
    assert_eq!(tx.audit_chain().events_of(&[], 1).await.unwrap(), []);
    assert_eq!(tx.audit_chain().lock(intent.event.id).await.unwrap(), Some(intent.clone()));
    let done = marked(AuditEvent { outcome: Outcome::Ok, ..intent.event.clone() }, second.id);
    assert!(tx.audit().complete(&done).await.unwrap());
    assert_eq!(tx.audit_chain().events_of(&[first.id], 10).await.unwrap(), [bare]);
    assert_eq!(tx.audit_chain().events_of(&[second.id], 10).await.unwrap(), [done]);
}

/// What was there already is not told as added.
pub async fn only_what_was_added_is_told(storage: &dyn Storage) {
    let rows: Vec<Marked> = (0..70).map(|at| event("t", later(at)).into()).collect();
    let mut tx = storage.write().await.unwrap();
    let ids = |rows: &[Marked]| rows.iter().map(|row| row.event.id).collect::<std::collections::BTreeSet<AuditId>>();
    let added = tx.audit().add(&rows[..40]).await.unwrap();
    assert_eq!(added.into_iter().collect::<std::collections::BTreeSet<_>>(), ids(&rows[..40]));
    let added = tx.audit().add(&rows).await.unwrap();
    assert_eq!(added.into_iter().collect::<std::collections::BTreeSet<_>>(), ids(&rows[40..]));
}

/// Batches are claimed once, in groups, and go with their seals.
pub async fn batches_and_seals(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let key = key(&mut *tx).await;
    let mut batches = Vec::new();
    for at in 1..=5 {
        batches.push(batch(&mut *tx, &key, at).await);
    }
    assert!(!tx.audit_chain().has_links().await.unwrap());
    let page = tx.audit_chain().batches_of(None, Some(batches[1].id), 2).await.unwrap();
    assert_eq!(page, batches[2..4]);
    let mut claimed = tx.audit_chain().claim(1, 3).await.unwrap();
    claimed.sort_by_key(|batch| batch.id);
    let told: Vec<_> = claimed.iter().map(|batch| (batch.id, batch.length, batch.newest)).collect();
    assert_eq!(told, batches[..3].iter().map(|batch| (batch.id, 56, batch.newest)).collect::<Vec<_>>());
    assert_eq!(tx.audit_chain().claim(2, 3).await.unwrap().len(), 2);
    assert_eq!(tx.audit_chain().claim(3, 3).await.unwrap(), []);
    for (batch, seal) in batches.iter_mut().zip([1, 1, 1, 2, 2]) {
        batch.seal = Some(seal);
    }
    assert_eq!(tx.audit_chain().batches_of(Some(2), None, 9).await.unwrap(), batches[3..]);
    assert_eq!(tx.audit_chain().batches(&[batches[4].id, batches[0].id]).await.unwrap().len(), 2);
    assert_eq!(tx.audit_chain().batches(&[]).await.unwrap(), []);
    assert_eq!(tx.audit_chain().batches_outside(0, 1, 9).await.unwrap(), [batches[3].id, batches[4].id]);
    assert_eq!(tx.audit_chain().batches_outside(1, 2, 1).await.unwrap(), [batches[0].id]);

    assert_eq!(tx.audit_chain().last_seal().await.unwrap(), None);
    let seals = [seal(1, &key, 3), seal(2, &key, 5)];
    for seal in &seals {
        tx.audit_chain().add_seal(seal).await.unwrap();
    }
    assert!(tx.audit_chain().has_links().await.unwrap());
    assert_eq!(tx.audit_chain().seals(0, 9).await.unwrap(), seals);
    assert_eq!(tx.audit_chain().seals(1, 9).await.unwrap(), seals[1..]);
    assert_eq!(tx.audit_chain().last_seal().await.unwrap().as_ref(), Some(&seals[1]));
    for (moment, first) in [(3, Some(1)), (4, Some(2)), (6, None)] {
        assert_eq!(tx.audit_chain().first_seal_since(later(moment)).await.unwrap(), first);
    }
    tx.audit_chain().prune_seals(1).await.unwrap();
    assert_eq!(tx.audit_chain().seals(0, 9).await.unwrap(), seals[1..]);
    assert_eq!(
        tx.audit_chain().batches(&batches.iter().map(|batch| batch.id).collect::<Vec<_>>()).await.unwrap(),
        batches[3..]
    );
}

/// Keys come back, the oldest first, and what is sealed in them can be replaced. Without its key there is no batch.
pub async fn batches_need_their_key(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let (first, second) = (key(&mut *tx).await, key(&mut *tx).await);
    let first = AuditKey { sealed: vec![9], ..first };
    tx.audit_chain().put_key(&first).await.unwrap();
    assert_eq!(tx.audit_chain().keys().await.unwrap(), [first, second]);
    let lost = Batch {
        id: AuditBatchId::new(),
        key: AuditKeyId::new(),
        entries: Vec::new(),
        newest: NOW,
        mac: Vec::new(),
        seal: None,
    };
    let added = tx.audit_chain().add_batch(&lost).await;
    assert!(matches!(added, Err(StorageError::Missing("the audit trail's key"))), "{added:?}");
}

/// There is one head, which is replaced.
pub async fn one_head(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.audit_chain().head().await.unwrap(), None);
    assert_eq!(tx.audit_chain().lock_head().await.unwrap(), None);
    let head = Head {
        key: AuditKeyId::new(),
        began_at: None,
        pruned_before: Some(NOW),
        pruned_number: 1,
        pruned_hash: vec![1],
        number: 2,
        hash: vec![2],
        mac: vec![3],
    };
    assert!(tx.audit_chain().add_head(&head).await.unwrap());
    let longer = Head { number: 3, began_at: Some(NOW), pruned_before: None, ..head.clone() };
    assert!(!tx.audit_chain().add_head(&longer).await.unwrap());
    assert_eq!(tx.audit_chain().lock_head().await.unwrap(), Some(head));
    tx.audit_chain().put_head(&longer).await.unwrap();
    assert_eq!(tx.audit_chain().head().await.unwrap(), Some(longer));
}

/// Events without a batch, and those whose batch does not exist.
pub async fn unlisted_and_stray(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let key = key(&mut *tx).await;
    let listed = batch(&mut *tx, &key, 1).await;
    tx.audit_chain().claim(7, 1).await.unwrap();
    let (old, new, fine) = (event("old", later(1)), event("new", later(5)), marked(event("fine", later(2)), listed.id));
    let stray = marked(event("stray", later(3)), AuditBatchId::new());
    let rows = [old.clone().into(), new.clone().into(), fine.clone(), stray.clone()];
    tx.audit().add(&rows).await.unwrap();
    assert_eq!(tx.audit_chain().unlisted_before(later(5)).await.unwrap(), 1);
    assert_eq!(tx.audit_chain().unlisted(Some(later(5)), 9).await.unwrap(), [new]);
    assert_eq!(tx.audit_chain().unlisted(None, 9).await.unwrap().len(), 2);
    assert_eq!(tx.audit_chain().lock_unlisted(1).await.unwrap().len(), 1);
    assert_eq!(tx.audit_chain().stray(9).await.unwrap(), [stray.event.id]);
    let ids = [fine.event.id, stray.event.id, old.id, AuditId::new()];
    let mut found = tx.audit_chain().whereabouts(&ids).await.unwrap();
    found.sort_by_key(|found| found.event);
    let at =
        |event: AuditId, mark: Option<&Mark>, seal| Whereabouts { event, batch: mark.map(|mark| mark.batch), seal };
    let mut expected = vec![
        at(old.id, None, None),
        at(fine.event.id, fine.mark.as_ref(), Some(7)),
        at(stray.event.id, stray.mark.as_ref(), None),
    ];
    expected.sort_by_key(|found| found.event);
    assert_eq!(found, expected);
}

/// A caller and a mark are replaced; the name is gone from what is searched, too.
pub async fn remarked(storage: &dyn Storage) {
    let ana = Subject::User(UserId::new());
    let mut tx = storage.write().await.unwrap();
    let by_ana = |at| AuditEvent { subject: ana, principal: "Ana".to_owned(), ..event("t", later(at)) };
    let (first, second) = (AuditBatchId::new(), AuditBatchId::new());
    let rows =
        [marked(by_ana(1), first), marked(by_ana(2), first), by_ana(3).into(), marked(event("t", later(4)), first)];
    tx.audit().add(&rows).await.unwrap();
    assert_eq!(tx.audit_chain().lock_listed_of(ana, 9).await.unwrap(), rows[..2]);
    let event = AuditEvent { subject: Subject::Anonymous, principal: "Gone".to_owned(), ..rows[0].event.clone() };
    let gone = Marked { event, mark: Some(Mark { batch: second, salt: None }) };
    tx.audit_chain().remark(std::slice::from_ref(&gone)).await.unwrap();
    assert_eq!(tx.audit_chain().lock_listed_of(ana, 9).await.unwrap(), rows[1..2]);
    assert_eq!(tx.audit_chain().events_of(&[second], 9).await.unwrap(), [gone]);
    let filter = crate::AuditFilter { principal: Some("gone".to_owned()), ..crate::AuditFilter::default() };
    assert_eq!(tx.audit().count(&filter, 9).await.unwrap(), 1);
}
