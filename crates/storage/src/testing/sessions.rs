//! Legacy MCP sessions and oversized results.

use puente_domain::{
    ResultId, SessionId, Subject, UserId,
    session::{McpSession, StoredResult},
};

use super::samples::{NOW, later};
use crate::Storage;

pub(super) fn session(subject: Subject) -> McpSession {
    McpSession {
        id: SessionId::new(),
        subject,
        server: "default".to_owned(),
        protocol_version: "2025-06-18".to_owned(),
        state: r#"{"capabilities":{}}"#.to_owned(),
        created_at: NOW,
        last_seen_at: NOW,
    }
}

pub(super) fn result(subject: Subject) -> StoredResult {
    StoredResult {
        id: ResultId::new(),
        subject,
        mime_type: "application/json".to_owned(),
        body: vec![0, 255, b'{'],
        expires_at: later(100),
        created_at: NOW,
    }
}

/// Every field comes back as it was; put again, it is replaced.
pub async fn sessions_put_get_remove(storage: &dyn Storage) {
    let first = session(Subject::User(UserId::new()));
    let mut tx = storage.write().await.unwrap();
    tx.mcp_sessions().put(&first).await.unwrap();
    assert_eq!(tx.mcp_sessions().get(first.id).await.unwrap(), Some(first.clone()));
    let second = McpSession {
        subject: Subject::Anonymous,
        server: "finance".to_owned(),
        protocol_version: "2025-11-25".to_owned(),
        state: String::new(),
        last_seen_at: later(60),
        ..first
    };
    tx.mcp_sessions().put(&second).await.unwrap();
    assert_eq!(tx.mcp_sessions().get(second.id).await.unwrap(), Some(second.clone()));
    assert!(tx.mcp_sessions().remove(second.id).await.unwrap());
    assert!(!tx.mcp_sessions().remove(second.id).await.unwrap());
    assert_eq!(tx.mcp_sessions().get(second.id).await.unwrap(), None);
}

/// By the last time they were seen.
pub async fn sessions_pruned(storage: &dyn Storage) {
    let (old, new) =
        (session(Subject::Anonymous), McpSession { last_seen_at: later(1), ..session(Subject::Anonymous) });
    let mut tx = storage.write().await.unwrap();
    tx.mcp_sessions().put(&old).await.unwrap();
    tx.mcp_sessions().put(&new).await.unwrap();
    assert_eq!(tx.mcp_sessions().prune(NOW).await.unwrap(), 0);
    assert_eq!(tx.mcp_sessions().prune(later(1)).await.unwrap(), 1);
    assert_eq!(tx.mcp_sessions().get(new.id).await.unwrap(), Some(new));
}

/// Another caller, or a later moment, finds nothing.
pub async fn results_for_their_caller_only(storage: &dyn Storage) {
    let caller = Subject::User(UserId::new());
    let (small, large) = (
        StoredResult { body: Vec::new(), mime_type: "text/plain".to_owned(), ..result(caller) },
        StoredResult { body: (0..3_000_000_u32).map(|index| (index % 251) as u8).collect(), ..result(caller) },
    );
    let mut tx = storage.write().await.unwrap();
    for stored in [small, large] {
        tx.results().add(&stored).await.unwrap();
        assert_eq!(tx.results().get(stored.id, caller, later(99)).await.unwrap().as_ref(), Some(&stored));
        assert_eq!(tx.results().get(stored.id, caller, later(100)).await.unwrap(), None);
        assert_eq!(tx.results().get(stored.id, Subject::Anonymous, NOW).await.unwrap(), None);
        assert_eq!(tx.results().get(stored.id, Subject::User(UserId::new()), NOW).await.unwrap(), None);
    }
}

/// What can no longer be read is deleted.
pub async fn results_pruned(storage: &dyn Storage) {
    let stored = result(Subject::Anonymous);
    let mut tx = storage.write().await.unwrap();
    tx.results().add(&stored).await.unwrap();
    assert_eq!(tx.results().prune(later(99)).await.unwrap(), 0);
    assert_eq!(tx.results().prune(later(100)).await.unwrap(), 1);
    assert_eq!(tx.results().get(stored.id, stored.subject, NOW).await.unwrap(), None);
}
