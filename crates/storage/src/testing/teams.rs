//! Teams and their members.

use puente_domain::{Subject, server::Grantee, team::Team};

use super::samples::{self, NOW, key, later, page, saved_user, team, user};
use crate::{Storage, StorageError};

/// Every field comes back as it was; names sort by bytes.
pub async fn round_trip(storage: &dyn Storage) {
    let (upper, lower) = (Team { description: "Zahlen".to_owned(), ..team("Finance") }, team("finance"));
    let mut tx = storage.write().await.unwrap();
    tx.teams().add(&lower).await.unwrap();
    tx.teams().add(&upper).await.unwrap();
    assert_eq!(tx.teams().get(upper.id).await.unwrap().as_ref(), Some(&upper));
    assert_eq!(tx.teams().by_name("finance").await.unwrap().as_ref(), Some(&lower));
    assert_eq!(tx.teams().by_name("nobody").await.unwrap(), None);
    assert_eq!(tx.teams().get(team("x").id).await.unwrap(), None);
    let first = tx.teams().list(&page(None, 1)).await.unwrap();
    assert_eq!((&first.items[..], first.next.as_deref()), (&[upper][..], Some("Finance")));
    assert_eq!(tx.teams().list(&page(Some("Finance"), 1)).await.unwrap().items, [lower]);
}

/// On adding and on renaming.
pub async fn name_is_unique(storage: &dyn Storage) {
    let other = team("other");
    let mut tx = storage.write().await.unwrap();
    tx.teams().add(&team("finance")).await.unwrap();
    tx.teams().add(&other).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.write().await.unwrap();
    let added = tx.teams().add(&team("finance")).await;
    assert!(matches!(added, Err(StorageError::Conflict("teams.name"))), "{added:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let renamed = tx.teams().update(&Team { name: samples::name("finance"), ..other }).await;
    assert!(matches!(renamed, Err(StorageError::Conflict("teams.name"))), "{renamed:?}");
}

/// An edit counts up; a second one over the same version is refused.
pub async fn stale_edit(storage: &dyn Storage) {
    let before = team("finance");
    let edited = Team { description: "Money".to_owned(), updated_at: later(1), ..before.clone() };
    let mut tx = storage.write().await.unwrap();
    tx.teams().add(&before).await.unwrap();
    tx.teams().update(&edited).await.unwrap();
    let stale = tx.teams().update(&edited).await;
    assert!(matches!(stale, Err(StorageError::Stale("teams"))), "{stale:?}");
    assert_eq!(tx.teams().get(before.id).await.unwrap(), Some(Team { version: 2, ..edited }));
}

/// Users and keys, once each; teams by subject are sorted.
pub async fn members(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await.id;
    let agent = key("agent", ana, 1);
    let (one, two) = (team("one"), team("two"));
    let (person, machine) = (Subject::User(ana), Subject::Key(agent.id));
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&agent).await.unwrap();
    tx.teams().add(&one).await.unwrap();
    tx.teams().add(&two).await.unwrap();
    assert!(tx.teams().add_member(two.id, person, NOW).await.unwrap());
    assert!(tx.teams().add_member(one.id, person, NOW).await.unwrap());
    assert!(tx.teams().add_member(one.id, machine, NOW).await.unwrap());
    assert!(!tx.teams().add_member(one.id, machine, NOW).await.unwrap());
    assert_eq!(tx.teams().members(one.id).await.unwrap(), [machine, person]);
    assert_eq!(tx.teams().of(person).await.unwrap(), [one.id, two.id]);
    assert_eq!(tx.teams().of(Subject::Anonymous).await.unwrap(), []);
    assert!(tx.teams().remove_member(one.id, person).await.unwrap());
    assert!(!tx.teams().remove_member(one.id, person).await.unwrap());
    assert_eq!(tx.teams().of(person).await.unwrap(), [two.id]);
}

/// Neither an unknown user, nor an unknown team, nor everybody.
pub async fn members_must_exist(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await.id;
    let finance = team("finance");
    let mut tx = storage.write().await.unwrap();
    tx.teams().add(&finance).await.unwrap();
    tx.save().await.unwrap();
    let wrong = [
        (finance.id, Subject::User(user("nobody").id)),
        (finance.id, Subject::Anonymous),
        (team("none").id, Subject::User(ana)),
    ];
    for (team, subject) in wrong {
        let mut tx = storage.write().await.unwrap();
        let added = tx.teams().add_member(team, subject, NOW).await;
        assert!(matches!(added, Err(StorageError::Missing("team_members.subject"))), "{added:?}");
    }
}

/// With memberships and grants.
pub async fn removal_takes_everything_along(storage: &dyn Storage) {
    let person = Subject::User(saved_user(storage, "ana@example.com").await.id);
    let (finance, server) = (team("finance"), samples::server("finance"));
    let mut tx = storage.write().await.unwrap();
    tx.teams().add(&finance).await.unwrap();
    tx.servers().add(&server).await.unwrap();
    tx.teams().add_member(finance.id, person, NOW).await.unwrap();
    tx.grants().add(&samples::grant(server.id, Grantee::Team(finance.id))).await.unwrap();
    assert!(tx.teams().remove(finance.id).await.unwrap());
    assert!(!tx.teams().remove(finance.id).await.unwrap());
    assert_eq!(tx.teams().of(person).await.unwrap(), []);
    assert_eq!(tx.grants().list(None, &page(None, 10)).await.unwrap().items, []);
}
