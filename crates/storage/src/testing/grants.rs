//! Grants.

use puente_domain::{Role, Subject, server::Grantee};

use super::samples::{grant, key, page, saved_user, server, team, user};
use crate::{Storage, StorageError};

/// What a caller has: by itself, by its teams, and by every role up to its own.
pub async fn found_for_subject_teams_and_lesser_roles(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await.id;
    let (agent, one, two, finance) = (key("agent", ana, 1), team("one"), team("two"), server("finance"));
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&agent).await.unwrap();
    tx.teams().add(&one).await.unwrap();
    tx.teams().add(&two).await.unwrap();
    tx.servers().add(&finance).await.unwrap();
    let grantees = [
        Grantee::Subject(Subject::User(ana)),
        Grantee::Subject(Subject::Key(agent.id)),
        Grantee::Subject(Subject::Anonymous),
        Grantee::Team(one.id),
        Grantee::Team(two.id),
        Grantee::Role(Role::Member),
        Grantee::Role(Role::Editor),
        Grantee::Role(Role::Admin),
    ];
    for grantee in grantees {
        tx.grants().add(&grant(finance.id, grantee)).await.unwrap();
    }
    let cases = [
        (Subject::User(ana), vec![one.id], Role::Editor, vec![0, 3, 5, 6]),
        (Subject::Key(agent.id), vec![], Role::Member, vec![1, 5]),
        (Subject::Anonymous, vec![], Role::Member, vec![2, 5]),
        (Subject::User(user("nobody").id), vec![two.id, one.id], Role::Admin, vec![3, 4, 5, 6, 7]),
    ];
    for (subject, teams, role, expected) in cases {
        let found = tx.grants().of(subject, &teams, role).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|grant| grant.grantee).collect();
        let expected: Vec<_> = expected.into_iter().map(|index| grantees[index]).collect();
        assert_eq!(found, expected, "{subject:?} as {role}");
    }
}

/// A second time, the grant that is there comes back.
pub async fn added_once(storage: &dyn Storage) {
    let finance = server("finance");
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&finance).await.unwrap();
    let first = grant(finance.id, Grantee::Role(Role::Member));
    assert_eq!(tx.grants().add(&first).await.unwrap(), first);
    assert_eq!(tx.grants().add(&grant(finance.id, first.grantee)).await.unwrap(), first);
    assert_eq!(tx.grants().get(first.id).await.unwrap(), Some(first));
    assert_eq!(tx.grants().list(None, &page(None, 10)).await.unwrap().items, [first]);
}

/// Neither an unknown server nor an unknown grantee.
pub async fn references_must_exist(storage: &dyn Storage) {
    let finance = server("finance");
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&finance).await.unwrap();
    tx.save().await.unwrap();
    let wrong = [
        grant(server("none").id, Grantee::Role(Role::Member)),
        grant(finance.id, Grantee::Team(team("none").id)),
        grant(finance.id, Grantee::Subject(Subject::User(user("nobody").id))),
    ];
    for grant in wrong {
        let mut tx = storage.write().await.unwrap();
        let added = tx.grants().add(&grant).await;
        assert!(matches!(added, Err(StorageError::Missing("grants.server or grants.grantee"))), "{added:?}");
    }
}

/// By id, and by what it says.
pub async fn revoked(storage: &dyn Storage) {
    let finance = server("finance");
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&finance).await.unwrap();
    let one = tx.grants().add(&grant(finance.id, Grantee::Role(Role::Member))).await.unwrap();
    let two = tx.grants().add(&grant(finance.id, Grantee::Role(Role::Admin))).await.unwrap();
    assert!(tx.grants().remove(one.id).await.unwrap());
    assert!(!tx.grants().remove(one.id).await.unwrap());
    assert!(tx.grants().revoke(finance.id, two.grantee).await.unwrap());
    assert!(!tx.grants().revoke(finance.id, two.grantee).await.unwrap());
    assert_eq!(tx.grants().get(two.id).await.unwrap(), None);
}

/// On one server or all; a page begins after an id, and only after an id.
pub async fn pages_by_id(storage: &dyn Storage) {
    let (one, two) = (server("one"), server("two"));
    let mut tx = storage.write().await.unwrap();
    tx.servers().add(&one).await.unwrap();
    tx.servers().add(&two).await.unwrap();
    let mut added = Vec::new();
    for (server, role) in
        [(one.id, Role::Member), (two.id, Role::Member), (one.id, Role::Editor), (one.id, Role::Admin)]
    {
        added.push(tx.grants().add(&grant(server, Grantee::Role(role))).await.unwrap());
    }
    let all = tx.grants().list(None, &page(None, 3)).await.unwrap();
    assert_eq!((&all.items[..], all.next), (&added[..3], Some(added[2].id.to_string())));
    let first = tx.grants().list(Some(one.id), &page(None, 1)).await.unwrap();
    let rest = tx.grants().list(Some(one.id), &page(first.next.as_deref(), 5)).await.unwrap();
    assert_eq!((rest.items, rest.next), (vec![added[2], added[3]], None));
    let wrong = tx.grants().list(None, &page(Some("no id"), 3)).await;
    assert!(matches!(wrong, Err(StorageError::Missing("page.after"))), "{wrong:?}");
}
