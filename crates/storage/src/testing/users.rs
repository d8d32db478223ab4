//! Users.

use puente_domain::{FamilyId, ResultId, Role, SessionId, Subject, server::Grantee, session, user::User};

use super::samples::{self, NOW, later, page, saved_user, user};
use crate::{Storage, StorageError};

/// Every field comes back as it was.
pub async fn round_trip(storage: &dyn Storage) {
    let one = User { failed_logins: u32::MAX, disabled_at: Some(later(1)), ..user("ana@example.com") };
    let other = User { password_hash: None, locked_until: None, display_name: String::new(), ..user("bo@example.com") };
    let mut tx = storage.write().await.unwrap();
    tx.users().add(&one).await.unwrap();
    tx.users().add(&other).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().get(one.id).await.unwrap(), Some(one));
    assert_eq!(tx.users().get(other.id).await.unwrap(), Some(other));
    assert_eq!(tx.users().get(user("nobody").id).await.unwrap(), None);
    assert_eq!(tx.users().count().await.unwrap(), 2);
}

/// E-mails are kept and compared in lower case, beyond ASCII too.
pub async fn find_by_email_in_any_case(storage: &dyn Storage) {
    let jurg = saved_user(storage, "Jürg@Example.com").await;
    let mut tx = storage.read().await.unwrap();
    let found = tx.users().find("JÜRG@example.COM").await.unwrap().unwrap();
    assert_eq!((found.id, found.email.as_str()), (jurg.id, "jürg@example.com"));
    assert_eq!(tx.users().find("jurg@example.com").await.unwrap(), None);
}

/// Two accounts never share an e-mail, however it is written.
pub async fn email_is_unique(storage: &dyn Storage) {
    saved_user(storage, "ana@example.com").await;
    let other = saved_user(storage, "bo@example.com").await;
    let mut tx = storage.write().await.unwrap();
    let added = tx.users().add(&user("ANA@example.com")).await;
    assert!(matches!(added, Err(StorageError::Conflict("users.email"))), "{added:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let updated = tx.users().update(&User { email: "Ana@example.com".to_owned(), ..other.clone() }).await;
    assert!(matches!(updated, Err(StorageError::Conflict("users.email"))), "{updated:?}");
    drop(tx);
    let mut tx = storage.write().await.unwrap();
    let added = tx.users().add(&User { email: "new@example.com".to_owned(), ..other }).await;
    assert!(matches!(added, Err(StorageError::Conflict("id"))), "{added:?}");
}

/// An edit writes everything but id and creation, and only over the version that it saw.
pub async fn edits_count_up_and_refuse_stale_ones(storage: &dyn Storage) {
    let before = saved_user(storage, "ana@example.com").await;
    let edited = User {
        email: "anna@example.com".to_owned(),
        display_name: "Anna".to_owned(),
        role: Role::Admin,
        password_hash: None,
        disabled_at: Some(later(1)),
        failed_logins: 3,
        locked_until: None,
        updated_at: later(2),
        ..before.clone()
    };
    let mut tx = storage.write().await.unwrap();
    tx.users().update(&User { created_at: later(9), ..edited.clone() }).await.unwrap();
    let stale = tx.users().update(&edited).await;
    assert!(matches!(stale, Err(StorageError::Stale("users"))), "{stale:?}");
    let gone = tx.users().update(&user("nobody")).await;
    assert!(matches!(gone, Err(StorageError::Stale("users"))), "{gone:?}");
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.users().get(before.id).await.unwrap(), Some(User { version: 2, ..edited }));
    let found = tx.users().list(Some("ANNA"), &page(None, 10)).await.unwrap();
    assert_eq!(found.items.len(), 1, "the search text follows the edit");
}

/// By bytes, not as a dictionary would; pages neither repeat nor skip.
pub async fn pages_in_byte_order(storage: &dyn Storage) {
    let expected = ["a-b@x", "a.b@x", "a_b@x", "aa@x", "b@x", "z@x", "é@x", "😀@x"];
    for email in ["é@x", "b@x", "a_b@x", "😀@x", "aa@x", "a.b@x", "z@x", "a-b@x"] {
        saved_user(storage, email).await;
    }
    let mut tx = storage.read().await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let slice = tx.users().list(None, &page(after.as_deref(), 3)).await.unwrap();
        assert!(slice.items.len() <= 3);
        seen.extend(slice.items.into_iter().map(|user| user.email));
        after = slice.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    let all = tx.users().list(None, &page(None, 8)).await.unwrap();
    assert_eq!((all.items.len(), all.next), (8, None), "a last page that is full says that it is the last");
}

/// A part of e-mail or name, whatever the case, in any script; `%`, `_` and `\` mean themselves.
pub async fn search_ignores_case_and_takes_patterns_literally(storage: &dyn Storage) {
    let names = [("a@x", "Zoë ÅNGSTRÖM"), ("b@x", r"100%_\ sure"), ("c@x", "ΟΔΥΣΣΕΥΣ"), ("d@x", "plain")];
    for (email, display_name) in names {
        let mut tx = storage.write().await.unwrap();
        tx.users().add(&User { display_name: display_name.to_owned(), ..user(email) }).await.unwrap();
        tx.save().await.unwrap();
    }
    let mut tx = storage.read().await.unwrap();
    let cases = [
        ("zoË", "a@x"),
        ("ångström", "a@x"),
        ("100%", "b@x"),
        (r"_\ S", "b@x"),
        ("οδυσσευς", "c@x"),
        ("Υσσ", "c@x"),
        ("PLAIN", "d@x"),
        ("D@X", "d@x"),
        ("%%", ""),
        ("1__%", ""),
        ("nobody", ""),
        (r"\", "b@x"),
    ];
    for (search, expected) in cases {
        let found = tx.users().list(Some(search), &page(None, 10)).await.unwrap();
        let emails: Vec<_> = found.items.iter().map(|user| user.email.as_str()).collect();
        let expected: Vec<_> = Some(expected).filter(|email| !email.is_empty()).into_iter().collect();
        assert_eq!(emails, expected, "searching {search:?}");
    }
    assert_eq!(tx.users().list(Some(""), &page(None, 10)).await.unwrap().items.len(), 4);
}

/// Counting wrong passwords is no edit.
pub async fn login_failures_keep_the_version(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    tx.users().set_login_failures(ana.id, 5, Some(later(300))).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    let expected = User { failed_logins: 5, locked_until: Some(later(300)), ..ana };
    assert_eq!(tx.users().get(expected.id).await.unwrap(), Some(expected));
}

/// With keys, tokens, memberships, grants, sessions, results and tasks, its keys' too; nobody else's.
pub async fn removal_takes_everything_along(storage: &dyn Storage) {
    let (ana, bo) = (saved_user(storage, "ana@example.com").await, saved_user(storage, "bo@example.com").await);
    let (team, server) = (samples::team("finance"), samples::server("finance"));
    let (family, key) = (FamilyId::new(), samples::key("agent", ana.id, 1));
    let mut tx = storage.write().await.unwrap();
    tx.keys().add(&key).await.unwrap();
    tx.teams().add(&team).await.unwrap();
    tx.servers().add(&server).await.unwrap();
    tx.refresh_tokens().add(&samples::refresh_token(ana.id, family, 1)).await.unwrap();
    let subjects = [Subject::User(ana.id), Subject::Key(key.id), Subject::User(bo.id)];
    let mut kept = Vec::new();
    for subject in subjects {
        tx.teams().add_member(team.id, subject, NOW).await.unwrap();
        tx.grants().add(&samples::grant(server.id, Grantee::Subject(subject))).await.unwrap();
        kept.push(keep_something(&mut *tx, subject).await);
    }
    assert!(tx.users().remove(ana.id).await.unwrap());
    assert!(!tx.users().remove(ana.id).await.unwrap());
    tx.save().await.unwrap();

    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.keys().get(key.id).await.unwrap(), None);
    assert_eq!(tx.refresh_tokens().find(&samples::hash(1)).await.unwrap(), None);
    assert_eq!(tx.teams().members(team.id).await.unwrap(), [Subject::User(bo.id)]);
    let grants = tx.grants().list(None, &page(None, 10)).await.unwrap().items;
    assert_eq!(grants.iter().map(|grant| grant.grantee).collect::<Vec<_>>(), [Grantee::Subject(Subject::User(bo.id))]);
    for (subject, (session, result, task)) in subjects.into_iter().zip(kept) {
        let expected = subject == Subject::User(bo.id);
        assert_eq!(tx.mcp_sessions().get(session).await.unwrap().is_some(), expected);
        assert_eq!(tx.results().get(result, subject, NOW).await.unwrap().is_some(), expected);
        assert_eq!(tx.tasks().get(task, subject, NOW).await.unwrap().is_some(), expected);
    }
}

async fn keep_something(
    tx: &mut dyn crate::Transaction,
    subject: Subject,
) -> (SessionId, ResultId, puente_domain::TaskId) {
    let session = super::sessions::session(subject);
    let result: session::StoredResult = super::sessions::result(subject);
    let task = samples::task(subject);
    tx.mcp_sessions().put(&session).await.unwrap();
    tx.results().add(&result).await.unwrap();
    tx.tasks().add(&task).await.unwrap();
    (session.id, result.id, task.id)
}
