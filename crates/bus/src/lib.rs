//! Hints between the parts of a process, and between replicas: something changed, look again.
//!
//! A hint may be lost or come twice; the truth is in the database, which everyone looks at each second anyway. So
//! nothing waits for a hint, and no hint carries more than what to look at.
//!
//! To add a backend: a file beside [`memory`] that implements [`Backend`].

mod memory;

pub use memory::Memory;

use std::sync::Arc;

use puente_domain::TaskId;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Hint {
    /// Sources, tools, prompts, resources or virtual servers.
    CatalogChanged,
    /// Users, keys, teams or grants.
    RightsChanged,
    /// A job waits, or a running one is to end.
    JobsChanged,
    /// The state of an MCP task, or answers to its questions.
    TaskChanged {
        /// Its id.
        task: TaskId,
        /// Who told its own clients already.
        by: String,
    },
    /// The content of a resource.
    ResourceUpdated {
        /// The name of its source.
        source: String,
        /// By the source's own URI.
        uri: String,
    },
}

/// What carries hints.
pub trait Backend: Send + Sync + 'static {
    /// Sends a hint to every subscriber, here and elsewhere. Never waits and never fails: a hint may be lost.
    fn publish(&self, hint: Hint);

    /// The hints from now on. A receiver that lags behind must assume that everything changed.
    fn subscribe(&self) -> broadcast::Receiver<Hint>;
}

/// The bus. Cheap to clone.
#[derive(Clone)]
pub struct Bus(Arc<dyn Backend>);

impl Bus {
    /// A bus on this backend.
    #[must_use]
    pub fn new(backend: impl Backend) -> Self {
        Self(Arc::new(backend))
    }

    /// See [`Backend::publish`].
    pub fn publish(&self, hint: Hint) {
        tracing::trace!(?hint, "hint");
        self.0.publish(hint);
    }

    /// See [`Backend::subscribe`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.0.subscribe()
    }
}
