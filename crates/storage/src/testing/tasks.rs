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
        answers: Some("{\"q\":1}".to_owned()),
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
            answers: None,
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

/// By id, whoever asks and whether or not it has expired.
pub async fn by_id(storage: &dyn Storage) {
    let one = task(Subject::User(UserId::new()));
    let mut tx = storage.write().await.unwrap();
    tx.tasks().add(&one).await.unwrap();
    assert_eq!(tx.tasks().by_id(one.id).await.unwrap(), Some(one));
    assert_eq!(tx.tasks().by_id(task(Subject::Anonymous).id).await.unwrap(), None);
}

/// Answers are taken while the task waits for exactly what was answered.
pub async fn answered(storage: &dyn Storage) {
    let asking = |questions: &str| TaskRecord {
        status: TaskStatus::InputRequired,
        payload: Some(questions.to_owned()),
        ..task(Subject::Anonymous)
    };
    let first = asking("ab");
    let second = TaskRecord { payload: Some("b".to_owned()), answers: Some("A".to_owned()), ..first.clone() };
    let working = TaskRecord {
        status: TaskStatus::Working,
        payload: None,
        answers: Some("AB".to_owned()),
        updated_at: later(3),
        ..first.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.tasks().add(&first).await.unwrap();
    assert!(tx.tasks().answer(&first, &second).await.unwrap());
    assert!(!tx.tasks().answer(&first, &working).await.unwrap(), "someone else answered");
    assert!(tx.tasks().answer(&second, &working).await.unwrap());
    assert!(!tx.tasks().answer(&second, &working).await.unwrap(), "it does not wait any more");
    assert_eq!(tx.tasks().by_id(first.id).await.unwrap(), Some(working));
}

/// What can no longer be read is deleted.
pub async fn pruned(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let expired = task(Subject::Anonymous);
    tx.tasks().add(&expired).await.unwrap();
    assert_eq!(tx.tasks().prune(later(99)).await.unwrap(), 0);
    assert_eq!(tx.tasks().prune(later(100)).await.unwrap(), 1);
    assert_eq!(tx.tasks().by_id(expired.id).await.unwrap(), None);
}
