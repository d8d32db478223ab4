//! Hints between the parts of a process, and between replicas: something changed, look again; and what a legacy client
//! said to a replica that does not hold its call.
//!
//! A hint may be lost or come twice; the truth is in the database, which everyone looks at each second anyway. So
//! nothing waits for a hint, and nothing is lost for good without it.
//!
//! To add a backend: a file beside [`memory`] that implements [`Backend`].

mod channel;
mod memory;
mod postgres;
mod redis;

pub use memory::Memory;
pub use postgres::Postgres;
pub use redis::Redis;

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
    /// The record of a legacy session: look again.
    SessionChanged {
        /// Its id.
        session: String,
    },
    /// A notification or an answer of a legacy client, for whichever replica holds the call that it is about.
    SessionMessage {
        /// The id of its session.
        session: String,
        /// The JSON-RPC message.
        message: String,
    },
    /// The way between the replicas was interrupted: hints may be missing, so everything may have changed.
    Interrupted,
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
