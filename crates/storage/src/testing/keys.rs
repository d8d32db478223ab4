//! API keys.

use puente_domain::{Role, Subject, key::ApiKey, server::Grantee};

use super::samples::{self, NOW, hash, key, later, page, saved_user, user};
use crate::{Storage, StorageError};

/// Every field comes back as it was, by id, hash and name.
pub async fn round_trip(storage: &dyn Storage) {
    let owner = saved_user(storage, "ana@example.com").await.id;
    let full =
        ApiKey { role: Role::Admin, disabled_at: Some(later(1)), last_used_at: Some(later(2)), ..key("a", owner, 1) };
    let bare = ApiKey { scopes: Vec::new(), expires_at: None, prefix: String::new(), ..key("b", owner, 2) };
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&full).await.unwrap();
    tx.keys().add(&bare).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.keys().get(full.id).await.unwrap().as_ref(), Some(&full));
    assert_eq!(tx.keys().find(&hash(1)).await.unwrap(), Some(full));
    assert_eq!(tx.keys().by_name("b").await.unwrap(), Some(bare));
    assert_eq!(tx.keys().by_name("B").await.unwrap(), None, "names that differ in case are two names");
    assert_eq!(tx.keys().find(&hash(3)).await.unwrap(), None);
    assert_eq!(tx.keys().get(key("c", owner, 3).id).await.unwrap(), None);
}

/// Conflicts say which value is taken.
pub async fn name_and_hash_are_unique(storage: &dyn Storage) {
    let owner = saved_user(storage, "ana@example.com").await.id;
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&key("agent", owner, 1)).await.unwrap();
    tx.save().await.unwrap();
    for (other, column) in [(key("agent", owner, 2), "keys.name"), (key("other", owner, 1), "keys.hash")] {
        let mut tx = storage.write().await.unwrap();
        let added = tx.keys().add(&other).await;
        assert!(matches!(added, Err(StorageError::Conflict(taken)) if taken == column), "{added:?}");
    }
}

/// A key without an owner is refused.
pub async fn owner_must_exist(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    let added = tx.keys().add(&key("agent", user("nobody").id, 1)).await;
    assert!(matches!(added, Err(StorageError::Missing("keys.owner"))), "{added:?}");
}

/// There and back, and only what exists.
pub async fn disabled_and_enabled(storage: &dyn Storage) {
    let owner = saved_user(storage, "ana@example.com").await.id;
    let agent = key("agent", owner, 1);
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&agent).await.unwrap();
    assert!(tx.keys().set_disabled(agent.id, Some(NOW)).await.unwrap());
    assert_eq!(tx.keys().get(agent.id).await.unwrap().unwrap().disabled_at, Some(NOW));
    assert!(tx.keys().set_disabled(agent.id, None).await.unwrap());
    assert_eq!(tx.keys().get(agent.id).await.unwrap().unwrap().disabled_at, None);
    assert!(!tx.keys().set_disabled(key("other", owner, 2).id, None).await.unwrap());
}

/// Two processes may report in the wrong order.
pub async fn last_use_never_goes_back(storage: &dyn Storage) {
    let owner = saved_user(storage, "ana@example.com").await.id;
    let agent = key("agent", owner, 1);
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&agent).await.unwrap();
    for seconds in [1, 3, 2] {
        tx.keys().touch(agent.id, later(seconds)).await.unwrap();
    }
    assert_eq!(tx.keys().get(agent.id).await.unwrap().unwrap().last_used_at, Some(later(3)));
}

/// All, or those of one owner.
pub async fn pages_by_owner(storage: &dyn Storage) {
    let (ana, bo) = (saved_user(storage, "ana@example.com").await.id, saved_user(storage, "bo@example.com").await.id);
    let mut tx = storage.write().await.unwrap();
    for (label, owner, byte) in [("b", ana, 1), ("B", ana, 2), ("a", bo, 3), ("a-1", ana, 4)] {
        tx.keys().add(&key(label, owner, byte)).await.unwrap();
    }
    let names = |slice: &crate::Slice<ApiKey>| slice.items.iter().map(|key| key.name.to_string()).collect::<Vec<_>>();
    let all = tx.keys().list(None, &page(None, 10)).await.unwrap();
    assert_eq!((names(&all), all.next), (vec!["B".into(), "a".into(), "a-1".into(), "b".into()], None));
    let first = tx.keys().list(Some(ana), &page(None, 2)).await.unwrap();
    assert_eq!((names(&first), first.next.as_deref()), (vec!["B".into(), "a-1".into()], Some("a-1")));
    let second = tx.keys().list(Some(ana), &page(first.next.as_deref(), 2)).await.unwrap();
    assert_eq!((names(&second), second.next), (vec!["b".into()], None));
}

/// With memberships and grants.
pub async fn removal_takes_everything_along(storage: &dyn Storage) {
    let owner = saved_user(storage, "ana@example.com").await.id;
    let (agent, team, server) = (key("agent", owner, 1), samples::team("finance"), samples::server("finance"));
    let subject = Subject::Key(agent.id);
    let session = super::sessions::session(subject);
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&agent).await.unwrap();
    tx.teams().add(&team).await.unwrap();
    tx.servers().add(&server).await.unwrap();
    tx.teams().add_member(team.id, subject, NOW).await.unwrap();
    tx.grants().add(&samples::grant(server.id, Grantee::Subject(subject))).await.unwrap();
    tx.mcp_sessions().put(&session).await.unwrap();
    assert!(tx.keys().remove(agent.id).await.unwrap());
    assert!(!tx.keys().remove(agent.id).await.unwrap());
    assert_eq!(tx.teams().members(team.id).await.unwrap(), []);
    assert_eq!(tx.grants().list(None, &page(None, 10)).await.unwrap().items, []);
    assert_eq!(tx.mcp_sessions().get(session.id).await.unwrap(), None);
}
