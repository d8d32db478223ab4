//! From settings to a gateway.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use puente_auth::{Passwords, Tokens, Vault};
use puente_config::{Config, KeySource};
use puente_domain::{Clock, SystemClock};
use puente_gateway::{Gateway, Parts};
use puente_redis::Link;
use puente_source_http::HttpConnector;
use puente_source_mcp::McpConnector;
use puente_source_sql::SqlConnector;
use puente_sources::Connector;
use puente_storage::Storage;

use crate::{jobs, settings, shared, storage, token_keys};

/// How many passwords are hashed at once: each takes a core for tens of milliseconds.
const PASSWORD_CONCURRENCY: usize = 2;

/// This very program: upstream servers that are commands run below its `child`.
fn own_program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("puente"))
}

/// Puts a Puente together. Tests add sources and clocks of their own.
pub struct Builder {
    config: Config,
    clock: Arc<dyn Clock>,
    connectors: Vec<Arc<dyn Connector>>,
}

impl Builder {
    /// With every kind of source that Puente has.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            clock: Arc::new(SystemClock),
            connectors: vec![
                Arc::new(SqlConnector),
                Arc::new(HttpConnector),
                Arc::new(McpConnector::new(own_program())),
            ],
        }
    }

    /// Adds a kind of source.
    #[must_use]
    pub fn connector(mut self, connector: Arc<dyn Connector>) -> Self {
        self.connectors.push(connector);
        self
    }

    /// Replaces the machine's clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Opens and migrates the database. Sources are not connected yet: see [`Gateway::start`].
    ///
    /// # Errors
    /// In words for the operator: the database cannot be opened, the keys do not open what is stored, …
    pub async fn open(self) -> anyhow::Result<App> {
        let Self { config, clock, connectors } = self;
        let storage = storage::open(&config.database).await?;
        let vault = Vault::new(&config.security.encryption.load_or_create()?);
        let unusable = |setting: &str, source: &KeySource| match source {
            KeySource::Given(_) => format!("{setting} cannot be used"),
            KeySource::Generated { path } => format!("the key in {} cannot be used ({setting})", path.display()),
        };
        let (encryption, jwt) = (&config.security.encryption, &config.security.jwt);
        let vault = Arc::new(vault.with_context(|| unusable("ENCRYPTION_KEY", encryption))?);
        let mut tokens = settings::tokens(&config)?;
        tokens.secrets.extend(token_keys::of(storage.as_ref(), &vault).await?);
        let tokens = Tokens::new(&tokens).with_context(|| unusable("JWT_SECRET_KEY", jwt))?;
        let tokens = Arc::new(tokens);
        let (shared, redis) = shared::make(&config, &*storage, clock.clone()).await?;
        let gateway = Gateway::new(Parts {
            shared,
            storage: storage.clone(),
            clock: clock.clone(),
            vault: vault.clone(),
            tokens: tokens.clone(),
            passwords: Arc::new(Passwords::new(PASSWORD_CONCURRENCY)),
            connectors,
            egress: Arc::new(settings::egress(&config)),
            settings: settings::gateway(&config),
        });
        gateway.queue().register(jobs::handlers(&gateway, &config, &vault)?);
        Ok(App { config, clock, storage, vault, tokens, gateway, redis })
    }
}

/// A Puente on its data: what commands work with, and [`serve`](crate::serve) serves.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The database.
    pub storage: Arc<dyn Storage>,
    /// Seals what is stored, and what clients carry for us.
    pub vault: Arc<Vault>,
    /// Sign and verify access tokens.
    pub(crate) tokens: Arc<Tokens>,
    /// The use cases.
    pub gateway: Arc<Gateway>,
    redis: Option<Link>,
}

impl App {
    /// Whether Redis answers within `patience`; `None` without `REDIS_URL`.
    pub async fn redis_answers(&self, patience: Duration) -> Option<bool> {
        let link = self.redis.as_ref()?;
        let opened = async {
            while !link.is_open() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        Some(tokio::time::timeout(patience, opened).await.is_ok())
    }

    /// Writes everything back and closes the database. What was not served or started needs no more than this.
    pub async fn close(self) {
        self.gateway.stop().await;
        self.storage.close().await;
    }
}
