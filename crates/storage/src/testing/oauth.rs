//! OAuth clients, codes, connections and web sessions.

use puente_domain::{
    FamilyId, UserId,
    key::Scope,
    oauth::{AuthorizationCode, ClientKind, Connection, OAuthClient, WebSession},
};

use super::samples::{NOW, hash, later, name, page, refresh_token, saved_user};
use crate::{Storage, StorageError};

fn client(id: &str, kind: ClientKind) -> OAuthClient {
    OAuthClient {
        id: id.to_owned(),
        kind,
        name: "Agent ☕".to_owned(),
        redirect_uris: vec!["http://127.0.0.1/callback".to_owned(), "cursor://auth".to_owned()],
        uri: Some("https://client.example".to_owned()),
        disabled_at: None,
        expires_at: later(100),
        last_used_at: None,
        created_at: NOW,
    }
}

fn code(client: &str, user: UserId, byte: u8) -> AuthorizationCode {
    AuthorizationCode {
        hash: hash(byte),
        client: client.to_owned(),
        user,
        server: "finance".to_owned(),
        scopes: vec![Scope::Mcp, Scope::Server(name("finance"))],
        redirect_uri: "http://127.0.0.1:9/callback".to_owned(),
        challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
        family: FamilyId::new(),
        expires_at: later(60),
        used_at: None,
    }
}

fn connection(client: &str, user: UserId) -> Connection {
    Connection {
        family: FamilyId::new(),
        client: client.to_owned(),
        user,
        server: "finance".to_owned(),
        scopes: vec![Scope::McpRead],
        created_at: NOW,
        last_used_at: NOW,
    }
}

/// What a client says about itself can be replaced; what we know about it stays.
pub async fn clients_round_trip(storage: &dyn Storage) {
    let plain = client("one", ClientKind::Registered);
    let mut tx = storage.write().await.unwrap();
    tx.oauth().put_client(&plain).await.unwrap();
    tx.oauth()
        .put_client(&OAuthClient { uri: None, ..client("https://two.example/c", ClientKind::Document) })
        .await
        .unwrap();
    assert!(tx.oauth().set_client_disabled("one", Some(later(1))).await.unwrap());
    assert!(!tx.oauth().set_client_disabled("none", None).await.unwrap());
    tx.oauth().touch_client("one", later(2), later(500)).await.unwrap();
    tx.oauth().touch_client("https://two.example/c", later(2), later(500)).await.unwrap();
    tx.oauth()
        .put_client(&OAuthClient { name: "New".to_owned(), expires_at: later(300), ..plain.clone() })
        .await
        .unwrap();
    tx.save().await.unwrap();
    let mut tx = storage.read().await.unwrap();
    let known = OAuthClient {
        name: "New".to_owned(),
        disabled_at: Some(later(1)),
        last_used_at: Some(later(2)),
        expires_at: later(300),
        ..plain
    };
    assert_eq!(tx.oauth().client("one").await.unwrap(), Some(known));
    let document = tx.oauth().client("https://two.example/c").await.unwrap().unwrap();
    assert_eq!(
        (document.expires_at, document.last_used_at),
        (later(100), Some(later(2))),
        "documents end by themselves"
    );
    assert_eq!(tx.oauth().count_clients().await.unwrap(), 2);
    let first = tx.oauth().clients(&page(None, 1)).await.unwrap();
    assert_eq!(
        (first.items[0].id.as_str(), first.next.as_deref()),
        ("https://two.example/c", Some("https://two.example/c"))
    );
    let second = tx.oauth().clients(&page(first.next.as_deref(), 1)).await.unwrap();
    assert_eq!((second.items[0].id.as_str(), second.next), ("one", None));
}

/// A second use is told apart from the first; client and user must exist.
pub async fn codes_are_used_once(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    tx.oauth().put_client(&client("one", ClientKind::Registered)).await.unwrap();
    let one = code("one", ana.id, 1);
    tx.oauth().add_code(&one).await.unwrap();
    assert_eq!(tx.oauth().code(&hash(1)).await.unwrap(), Some(one));
    assert_eq!(tx.oauth().code(&hash(2)).await.unwrap(), None);
    assert!(tx.oauth().use_code(&hash(1), later(1)).await.unwrap());
    assert!(!tx.oauth().use_code(&hash(1), later(2)).await.unwrap());
    assert_eq!(tx.oauth().code(&hash(1)).await.unwrap().unwrap().used_at, Some(later(1)));
    tx.save().await.unwrap();
    for orphan in [code("none", ana.id, 3), code("one", UserId::new(), 3)] {
        let mut tx = storage.write().await.unwrap();
        let refused = tx.oauth().add_code(&orphan).await;
        assert!(matches!(refused, Err(StorageError::Missing("oauth.reference"))), "{refused:?}");
    }
}

/// Newest first, of one user; they end with their client.
pub async fn connections_end_with_their_client(storage: &dyn Storage) {
    let (ana, bo) = (saved_user(storage, "ana@example.com").await, saved_user(storage, "bo@example.com").await);
    let mut tx = storage.write().await.unwrap();
    tx.oauth().put_client(&client("one", ClientKind::Registered)).await.unwrap();
    tx.oauth().put_client(&client("two", ClientKind::Registered)).await.unwrap();
    let (first, second, other) = (connection("one", ana.id), connection("two", ana.id), connection("one", bo.id));
    for connection in [&first, &second, &other] {
        tx.oauth().connect(connection).await.unwrap();
    }
    tx.oauth().touch_connection(first.family, later(7)).await.unwrap();
    let first = Connection { last_used_at: later(7), ..first };
    assert_eq!(tx.oauth().connection(first.family).await.unwrap().as_ref(), Some(&first));
    assert_eq!(tx.oauth().connections(ana.id).await.unwrap(), [second.clone(), first]);
    assert!(tx.oauth().disconnect(second.family).await.unwrap());
    assert!(!tx.oauth().disconnect(second.family).await.unwrap());
    assert!(tx.oauth().remove_client("one").await.unwrap());
    assert!(!tx.oauth().remove_client("one").await.unwrap());
    assert_eq!(tx.oauth().connections(ana.id).await.unwrap(), []);
    assert_eq!(tx.oauth().connection(other.family).await.unwrap(), None);
}

/// Expired codes, idle connections, and registrations that nobody is connected to and nobody disabled.
pub async fn expired_rows_are_pruned(storage: &dyn Storage) {
    let ana = saved_user(storage, "ana@example.com").await;
    let mut tx = storage.write().await.unwrap();
    for id in ["connected", "disabled", "unused"] {
        tx.oauth().put_client(&client(id, ClientKind::Registered)).await.unwrap();
    }
    tx.oauth().set_client_disabled("disabled", Some(NOW)).await.unwrap();
    tx.oauth().add_code(&code("connected", ana.id, 1)).await.unwrap();
    let (busy, idle) = (connection("connected", ana.id), connection("connected", ana.id));
    tx.oauth().connect(&busy).await.unwrap();
    tx.oauth().connect(&idle).await.unwrap();
    tx.oauth().touch_connection(busy.family, later(50)).await.unwrap();
    assert_eq!(tx.oauth().prune(later(60), NOW).await.unwrap(), 0);
    assert_eq!(tx.oauth().prune(later(101), later(40)).await.unwrap(), 3);
    assert_eq!(tx.oauth().connection(idle.family).await.unwrap(), None);
    let left: Vec<String> =
        tx.oauth().clients(&page(None, 9)).await.unwrap().items.into_iter().map(|client| client.id).collect();
    assert_eq!(left, ["connected", "disabled"]);
}

/// Found until they end; a user's end with all its tokens.
pub async fn web_sessions_end(storage: &dyn Storage) {
    let (ana, bo) = (saved_user(storage, "ana@example.com").await, saved_user(storage, "bo@example.com").await);
    let session = |user, byte| WebSession { hash: hash(byte), user, expires_at: later(10), created_at: NOW };
    let mut tx = storage.write().await.unwrap();
    for (user, byte) in [(ana.id, 1), (ana.id, 2), (bo.id, 3)] {
        tx.web_sessions().add(&session(user, byte)).await.unwrap();
    }
    assert_eq!(tx.web_sessions().find(&hash(1), later(9)).await.unwrap(), Some(session(ana.id, 1)));
    assert_eq!(tx.web_sessions().find(&hash(1), later(10)).await.unwrap(), None);
    assert!(tx.web_sessions().remove(&hash(1)).await.unwrap());
    assert!(!tx.web_sessions().remove(&hash(1)).await.unwrap());
    tx.refresh_tokens().add(&refresh_token(ana.id, FamilyId::new(), 1)).await.unwrap();
    tx.refresh_tokens().revoke_user(ana.id, NOW).await.unwrap();
    assert_eq!(tx.web_sessions().find(&hash(2), NOW).await.unwrap(), None);
    assert!(tx.web_sessions().find(&hash(3), NOW).await.unwrap().is_some());
    assert_eq!(tx.web_sessions().prune(later(10)).await.unwrap(), 1);
}
