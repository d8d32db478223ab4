//! What is known of an initialized client.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use rmcp::model::ClientCapabilities;

use super::{ask::Pending, running::Running};
use crate::{LoggingLevel, era::Revision, events::Wanted, sync::lock};

/// A legacy client, from its `initialize` on.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) revision: Revision,
    pub(crate) capabilities: Arc<ClientCapabilities>,
    /// `name version`.
    pub(crate) info: Arc<str>,
    pub(crate) running: Running,
    pub(crate) pending: Pending,
    level: Mutex<LoggingLevel>,
    pub(super) subscriptions: Mutex<HashSet<String>>,
    changed: AtomicBool,
}

impl Peer {
    pub(super) fn new(
        revision: Revision,
        capabilities: ClientCapabilities,
        info: Arc<str>,
        level: LoggingLevel,
        subscriptions: HashSet<String>,
    ) -> Self {
        Self {
            revision,
            capabilities: Arc::new(capabilities),
            info,
            running: Running::default(),
            pending: Pending::default(),
            level: Mutex::new(level),
            subscriptions: Mutex::new(subscriptions),
            changed: AtomicBool::new(true),
        }
    }

    pub(crate) fn level(&self) -> LoggingLevel {
        *lock(&self.level)
    }

    pub(super) fn set_level(&self, level: LoggingLevel) {
        *lock(&self.level) = level;
        self.touch();
    }

    pub(super) fn touch(&self) {
        self.changed.store(true, Ordering::Release);
    }

    pub(super) fn has_changed(&self) -> bool {
        self.changed.load(Ordering::Acquire)
    }

    /// Whether there is something to be kept that was not there at the last time.
    pub(crate) fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }

    /// Takes over what another replica has kept.
    pub(super) fn refresh(&self, level: LoggingLevel, subscriptions: HashSet<String>) {
        *lock(&self.level) = level;
        *lock(&self.subscriptions) = subscriptions;
    }

    /// What it is told: every list, and the resources it subscribed to.
    pub(crate) fn wanted(&self) -> Wanted {
        let uris = lock(&self.subscriptions).clone();
        Wanted { tools: true, prompts: true, resources: true, uris, tasks: HashSet::new() }
    }

    /// Whether an SSE event without data is understood, and with it streams that end early (SEP-1699).
    pub(crate) fn polls(&self) -> bool {
        self.revision >= Revision::V2025_11_25
    }
}
