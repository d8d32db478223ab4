//! The gateway itself: what the use cases share.

use std::{collections::HashMap, sync::Arc};

use puente_auth::{Passwords, Tokens, Vault};
use puente_bus::Bus;
use puente_domain::{Clock, catalog::SourceKind};
use puente_sources::{Connector, Egress};
use puente_storage::Storage;

use crate::{Settings, audit::Trail, identity::Identity};

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
    pub(crate) settings: Settings,
    pub(crate) bus: Bus,
    pub(crate) trail: Trail,
    pub(crate) identity: Identity,
}

impl Gateway {
    /// A gateway that has not read its catalog yet: call [`Gateway::start`] before serving. Needs a Tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let trail = Trail::new(parts.storage.clone(), parts.settings.on_audit_failure);
        Arc::new(Self {
            bus: Bus::new(puente_bus::Memory::default()),
            trail,
            identity: Identity::default(),
            storage: parts.storage,
            clock: parts.clock,
            vault: parts.vault,
            tokens: parts.tokens,
            passwords: parts.passwords,
            connectors: parts.connectors.into_iter().map(|connector| (connector.kind(), connector)).collect(),
            egress: parts.egress,
            settings: parts.settings,
        })
    }
}
