//! The gateway itself: what the use cases share.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, atomic::AtomicBool},
    time::Duration,
};

use arc_swap::ArcSwap;
use puente_auth::{Passwords, Tokens, Vault};
use puente_bus::Bus;
use puente_cache::Cache;
use puente_domain::{
    Clock,
    catalog::{Origin, SourceKind},
};
use puente_queue::Queue;
use puente_rates::Rates;
use puente_sources::{Connector, Egress, Outbound};
use puente_storage::Storage;

use tokio::sync::{Mutex, Notify};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Settings, Shared,
    audit::{Chain, Trail},
    catalog::{Live, Rows, Snapshot},
    events::Subscribers,
    failure::Failure,
    identity::Identity,
    limit::Limits,
    metrics::Metrics,
    tasks::Places,
};

/// What a gateway is made of; `puente-app` puts it together.
pub struct Parts {
    /// The database, migrated.
    pub storage: Arc<dyn Storage>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Seals secrets, cursors and `requestState`.
    pub vault: Arc<Vault>,
    /// Signs and verifies access tokens.
    pub tokens: Arc<Tokens>,
    /// Hashes and checks passwords.
    pub passwords: Arc<Passwords>,
    /// The kinds of sources.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Where sources may connect to.
    pub egress: Arc<Egress>,
    /// What replicas share.
    pub shared: Shared,
    /// Limits and times.
    pub settings: Settings,
}

/// The use cases of Puente; see the crate's documentation. Shared as `Arc<Gateway>`.
pub struct Gateway {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) connectors: HashMap<SourceKind, Arc<dyn Connector>>,
    pub(crate) egress: Arc<Egress>,
    strangers: OnceLock<Outbound>,
    pub(crate) settings: Settings,
    pub(crate) bus: Bus,
    pub(crate) queue: Queue,
    pub(crate) rates: Rates,
    pub(crate) trail: Arc<Trail>,
    pub(crate) chain: Arc<Chain>,
    pub(crate) identity: Identity,
    pub(crate) cache: Cache<Failure>,
    pub(crate) limits: Limits,
    pub(crate) places: Places,
    pub(crate) metrics: Arc<Metrics>,
    /// Read by every call without a lock; swapped as a whole.
    pub(crate) catalog: ArcSwap<Snapshot>,
    /// Held while the catalog is taken up.
    pub(crate) live: Mutex<Live>,
    pub(crate) offer_changed: Arc<Notify>,
    pub(crate) subscribers: Subscribers,
    /// Whether sources are connected here: on the command line they are not.
    pub(crate) started: AtomicBool,
    pub(crate) stopping: CancellationToken,
    pub(crate) background: TaskTracker,
}

impl Gateway {
    /// A gateway that has not read its catalog yet: call [`Gateway::start`] before serving. Needs a Tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let settings = &parts.settings;
        let Shared { bus, cache, rates } = parts.shared;
        let chain = Arc::new(Chain::new(parts.vault.clone(), parts.clock.clone()));
        Arc::new(Self {
            queue: Queue::new(parts.storage.clone(), bus.clone()),
            trail: Arc::new(Trail::new(parts.storage.clone(), chain.clone(), settings.on_audit_failure)),
            cache: Cache::new(cache),
            metrics: Arc::new(Metrics::new(parts.clock.now())),
            limits: Limits::new(&rates, settings.principal_rate, settings.max_calls),
            places: Places::new(settings.max_tasks),
            catalog: ArcSwap::from_pointee(Snapshot::new(Arc::new(Rows::default()), Vec::new())),
            live: Mutex::default(),
            offer_changed: Arc::default(),
            subscribers: Subscribers::default(),
            started: AtomicBool::new(false),
            stopping: CancellationToken::new(),
            background: TaskTracker::new(),
            chain,
            bus,
            rates,
            identity: Identity::default(),
            storage: parts.storage,
            clock: parts.clock,
            vault: parts.vault,
            tokens: parts.tokens,
            passwords: parts.passwords,
            connectors: parts.connectors.into_iter().map(|connector| (connector.kind(), connector)).collect(),
            egress: parts.egress,
            strangers: OnceLock::new(),
            settings: parts.settings,
        })
    }

    /// The way out to addresses that anyone may have given us.
    pub(crate) fn strangers(&self) -> &Outbound {
        const CONNECT: Duration = Duration::from_secs(5);
        let make = || Outbound::new(Arc::new(self.egress.for_strangers()), Origin::Editor, CONNECT);
        self.strangers.get_or_init(make)
    }

    /// The durable queue that this gateway uses, to register handlers and to push jobs.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }
}
