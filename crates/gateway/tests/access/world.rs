//! A gateway on a database of its own, with a clock that stands still.

use std::{sync::Arc, time::Duration};

use puente_auth::{JwtAlgorithm, Passwords, TokenOptions, Tokens, Vault};
use puente_domain::{ManualClock, Principal, Role, Subject, Timestamp, audit::AuditEvent, key::Scope, user::User};
use puente_gateway::{
    Actor, Error, Gateway, Parts, Settings, Shared,
    admin::{
        keys::{CreatedKey, NewKey},
        users::NewUser,
    },
    identity::TokenPair,
};
use puente_sources::Egress;
use puente_storage::{AuditFilter, Page, Storage};
use puente_storage_sqlite::SqliteOptions;
use secrecy::ExposeSecret;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const ENCRYPTION_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub(crate) struct World {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) admin: Actor,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("puente.db");
        let storage: Arc<dyn Storage> =
            Arc::new(puente_storage_sqlite::open(&path, SqliteOptions::default()).await.unwrap());
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(1_795_496_400_000_000)));
        let gateway = gateway(storage.clone(), clock.clone(), &[ENCRYPTION_KEY]);
        let first = gateway.bootstrap_admin("Admin@Example.com", Some(PASSWORD.into())).await.unwrap().unwrap();
        assert!(first.generated.is_none());
        let admin = acting(&gateway, &first.user).await;
        Self { gateway, storage, clock, admin, _folder: folder }
    }

    pub(crate) async fn user(&self, email: &str, role: Role) -> Actor {
        let new = NewUser { email: email.into(), display_name: String::new(), role, password: Some(PASSWORD.into()) };
        let user = self.gateway.create_user(&self.admin, new).await.unwrap();
        acting(&self.gateway, &user).await
    }

    pub(crate) async fn key(&self, owner: &Actor, name: &str, role: Role, scopes: &[&str]) -> CreatedKey {
        self.gateway.create_key(owner, new_key(name, role, scopes)).await.unwrap()
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<TokenPair, Error> {
        self.gateway.sign_in(&visitor("192.0.2.1"), email, password.into()).await
    }

    /// Who a token or key stands for, after whatever was remembered has lapsed.
    pub(crate) async fn who(&self, bearer: &str) -> Result<Arc<Principal>, Error> {
        self.clock.advance(Duration::from_secs(1));
        self.gateway.authenticate(bearer).await
    }

    pub(crate) async fn trail(&self, action: &str) -> Vec<AuditEvent> {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        self.storage.read().await.unwrap().audit().list(&filter, &Page::default()).await.unwrap().items
    }
}

pub(crate) fn gateway(storage: Arc<dyn Storage>, clock: Arc<ManualClock>, keys: &[&str]) -> Arc<Gateway> {
    let keys: Vec<_> = keys.iter().map(|&key| key.into()).collect();
    let tokens = TokenOptions {
        secrets: vec!["0123456789abcdef0123456789abcdef".into()],
        algorithm: JwtAlgorithm::Hs256,
        issuer: "puente".into(),
        audience: "puente".into(),
    };
    Gateway::new(Parts {
        shared: Shared::memory(1 << 20, clock.clone()),
        storage,
        clock,
        vault: Arc::new(Vault::new(&keys).unwrap()),
        tokens: Arc::new(Tokens::new(&tokens).unwrap()),
        passwords: Arc::new(Passwords::new(2)),
        connectors: vec![],
        egress: Arc::new(Egress::default()),
        settings: Settings::default(),
    })
}

pub(crate) fn visitor(address: &str) -> Actor {
    Actor {
        principal: Arc::new(Principal::anonymous()),
        address: Some(address.parse().unwrap()),
        request_id: "test".into(),
    }
}

pub(crate) async fn acting(gateway: &Gateway, user: &User) -> Actor {
    let pair = gateway.sign_in(&visitor("192.0.2.99"), &user.email, PASSWORD.into()).await.unwrap();
    let principal = gateway.authenticate(pair.access_token.expose_secret()).await.unwrap();
    assert_eq!(principal.subject, Subject::User(user.id));
    Actor { principal, ..visitor("192.0.2.99") }
}

pub(crate) fn new_key(name: &str, role: Role, scopes: &[&str]) -> NewKey {
    let scopes: Vec<Scope> = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
    NewKey { name: name.parse().unwrap(), owner: None, role, scopes, expires_at: None }
}

pub(crate) fn is_refused<T: std::fmt::Debug>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Refused(_)))
}

pub(crate) fn is_unauthenticated<T: std::fmt::Debug>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Unauthenticated(_)))
}

pub(crate) fn finding<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Invalid(findings)) => (findings[0].path.clone(), findings[0].message.clone()),
        other => panic!("not a finding: {other:?}"),
    }
}
