//! MCP tasks.

use puente_domain::{
    KeyId, Subject, UserId,
    task::{TaskRecord, TaskStatus},
};

use super::samples::{NOW, later, page, task};
use crate::Storage;

/// Every field comes back as it was, for its caller until it expires.
pub async fn round_trip_for_their_caller_only(storage: &dyn Storage) {
    let caller = Subject::Key(KeyId::new());
    let one = task(caller);
    let other = TaskRecord {
        status: TaskStatus::InputRequired,
        status_message: Some("Which company?".to_owned()),
        payload: Some("{\"a\":\"é\"}".to_owned()),
        ..task(caller)
    };
    let mut tx = storage.write().await.unwrap();
    for task in [one, other] {
        tx.tasks().add(&task).await.unwrap();
        assert_eq!(tx.tasks().get(task.id, caller, later(99)).await.unwrap(), Some(task.clone()));
        assert_eq!(tx.tasks().get(task.id, caller, later(100)).await.unwrap(), None);
        assert_eq!(tx.tasks().get(task.id, Subject::Anonymous, NOW).await.unwrap(), None);
    }
}

/// A task changes until it has ended, and then never again.
pub async fn terminal_is_final(storage: &dyn Storage) {
    for last in [TaskStatus::Completed, TaskStatus::Failed, TaskStatus::Cancelled] {
        let before = task(Subject::Anonymous);
        let waiting = TaskRecord { status: TaskStatus::InputRequired, ..before.clone() };
        let ended = TaskRecord {
            status: last,
            status_message: Some("done".to_owned()),
            payload: Some("{}".to_owned()),
            updated_at: later(2),
            ..before.clone()
        };
        let mut tx = storage.write().await.unwrap();
        tx.tasks().add(&before).await.unwrap();
        assert!(tx.tasks().update(&waiting).await.unwrap());
        assert!(tx.tasks().update(&before).await.unwrap());
        assert!(tx.tasks().update(&ended).await.unwrap());
        assert!(!tx.tasks().update(&before).await.unwrap());
        assert_eq!(tx.tasks().get(before.id, before.subject, NOW).await.unwrap(), Some(ended));
        assert!(!tx.tasks().update(&task(Subject::Anonymous)).await.unwrap(), "there is no such task");
    }
}

/// The caller's, by id.
pub async fn pages_by_id(storage: &dyn Storage) {
    let caller = Subject::User(UserId::new());
    let tasks = [task(caller), task(Subject::Anonymous), task(caller), task(caller)];
    let mut tx = storage.write().await.unwrap();
    for task in tasks.iter().rev() {
        tx.tasks().add(task).await.unwrap();
    }
    let first = tx.tasks().list(caller, &page(None, 2)).await.unwrap();
    assert_eq!(first.items, [tasks[0].clone(), tasks[2].clone()]);
    let second = tx.tasks().list(caller, &page(first.next.as_deref(), 2)).await.unwrap();
    assert_eq!((second.items, second.next), (vec![tasks[3].clone()], None));
}

/// Everybody's, working or waiting.
pub async fn unfinished(storage: &dyn Storage) {
    let with = |status| TaskRecord { status, ..task(Subject::User(UserId::new())) };
    let (working, waiting) = (with(TaskStatus::Working), with(TaskStatus::InputRequired));
    let mut tx = storage.write().await.unwrap();
    for task in [&working, &with(TaskStatus::Completed), &waiting, &with(TaskStatus::Failed)] {
        tx.tasks().add(task).await.unwrap();
    }
    assert_eq!(tx.tasks().unfinished().await.unwrap(), [working, waiting]);
}

/// What can no longer be read is deleted.
pub async fn pruned(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    tx.tasks().add(&task(Subject::Anonymous)).await.unwrap();
    assert_eq!(tx.tasks().prune(later(99)).await.unwrap(), 0);
    assert_eq!(tx.tasks().prune(later(100)).await.unwrap(), 1);
    assert_eq!(tx.tasks().unfinished().await.unwrap(), []);
}
