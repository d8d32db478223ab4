//! A server of a test's own, which ends with it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use puente_api::{ApiState, Options, Readiness, ServeOptions};
use puente_auth::{JwtAlgorithm, Passwords, TokenOptions, Tokens, Vault};
use puente_domain::{Role, SystemClock};
use puente_gateway::{
    Actor, Gateway, McpHandler, Parts, Settings, Shared, StoredSessions, VaultSealer,
    admin::{keys::NewKey, users::NewUser},
};
use puente_mcp::{McpHttp, Service, http::origin::AllowedHosts};
use puente_sources::Egress;
use puente_storage_sqlite::SqliteOptions;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const ADMIN: &str = "admin@example.com";

pub(crate) struct World {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) url: String,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) client: Client,
    pub(crate) admin: String,
    pub(crate) readiness: Readiness,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: JoinHandle<()>,
    _folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
        self.serving.abort();
    }
}

pub(crate) fn options() -> Options {
    Options {
        allowed_hosts: AllowedHosts::new(["127.0.0.1".to_owned()]),
        cors_origins: vec![],
        trusted_proxies: vec![],
        public_url: None,
        https: false,
        max_body: 64 * 1024,
        body_timeout: Duration::from_secs(30),
        max_in_flight: 100,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let serve = ServeOptions {
            max_connections: 100,
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
        };
        Self::serving(options, serve).await
    }

    /// With limits of its own.
    pub(crate) async fn limited(settings: Settings) -> Self {
        let serve = ServeOptions {
            max_connections: 100,
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
        };
        Self::started(options(), serve, settings).await
    }

    pub(crate) async fn serving(options: Options, serve: ServeOptions) -> Self {
        Self::started(options, serve, Settings::default()).await
    }

    async fn started(options: Options, serve: ServeOptions, settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = puente_storage_sqlite::open(&folder.path().join("puente.db"), SqliteOptions::default()).await;
        let vault = Arc::new(Vault::new(&["an encryption key for tests".into()]).unwrap());
        let gateway = gateway(Arc::new(storage.unwrap()), vault.clone(), settings);
        gateway.start().await.unwrap();
        gateway.bootstrap_admin(ADMIN, Some(PASSWORD.into())).await.unwrap().unwrap();

        let handler = Arc::new(McpHandler(gateway.clone()));
        let service =
            Service::new(handler, Arc::new(VaultSealer(vault)), Arc::new(SystemClock), puente_mcp::Options::default());
        let readiness = Readiness::default();
        let state = ApiState {
            gateway: gateway.clone(),
            mcp: McpHttp::new(service, Some(Arc::new(StoredSessions(gateway.clone())))),
            options: Arc::new(options),
            readiness: readiness.clone(),
            maintenance: puente_api::Maintenance::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(puente_api::serve(listener, puente_api::router(state), serve, shutdown.clone()));
        let client = Client::builder().no_proxy().build().unwrap();
        let mut world = Self {
            gateway,
            url: format!("http://{address}"),
            address,
            client,
            admin: String::new(),
            readiness,
            shutdown,
            serving,
            _folder: folder,
        };
        world.admin = world.key(ADMIN, "admin", Role::Admin, &[]).await;
        world
    }

    pub(crate) async fn user(&self, email: &str, role: Role) -> String {
        let new = NewUser { email: email.into(), display_name: String::new(), role, password: Some(PASSWORD.into()) };
        self.gateway.create_user(&Actor::operator(), new).await.unwrap();
        self.key(email, &email.replace(['@', '.'], "-"), role, &[]).await
    }

    pub(crate) async fn key(&self, owner: &str, name: &str, role: Role, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|scope| scope.parse().unwrap()).collect();
        let new = NewKey { name: name.parse().unwrap(), owner: Some(owner.into()), role, scopes, expires_at: None };
        self.gateway.create_key(&Actor::operator(), new).await.unwrap().secret.expose_secret().to_owned()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path).bearer_auth(&self.admin)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).bearer_auth(&self.admin).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::PATCH, path).bearer_auth(&self.admin).json(body)
    }
}

fn gateway(storage: Arc<dyn puente_storage::Storage>, vault: Arc<Vault>, settings: Settings) -> Arc<Gateway> {
    let tokens = TokenOptions {
        secrets: vec!["0123456789abcdef0123456789abcdef".into()],
        algorithm: JwtAlgorithm::Hs256,
        issuer: "puente".into(),
        audience: "puente".into(),
    };
    Gateway::new(Parts {
        shared: Shared::memory(1 << 20, Arc::new(SystemClock)),
        storage,
        clock: Arc::new(SystemClock),
        vault,
        tokens: Arc::new(Tokens::new(&tokens).unwrap()),
        passwords: Arc::new(Passwords::new(2)),
        connectors: vec![],
        // Tests serve metadata documents of clients themselves.
        egress: Arc::new(Egress { allow: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)], ..Egress::default() }),
        settings,
    })
}

/// A header as text; empty if it is not there.
pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Checks that an answer is a problem of this status and kind, and gives its body.
pub(crate) async fn problem(response: Response, status: u16, kind: &str) -> Value {
    let media_type = header(&response, "content-type");
    let found = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(found, StatusCode::from_u16(status).unwrap(), "{text}");
    assert_eq!(media_type, "application/problem+json", "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["type"], format!("urn:puente:problem:{kind}"), "{text}");
    assert_eq!(body["status"], status);
    assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty(), "{text}");
    body
}

/// Checks the status and gives the body.
pub(crate) async fn ok(response: Response, status: u16) -> Value {
    let found = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(found, StatusCode::from_u16(status).unwrap(), "{text}");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}
