//! What proves the trail.
//!
//! Events that are written together are a *batch*: it lists each by id and by a keyed hash, in the transaction that writes
//! them. So no event is without proof at any moment, and no replica waits for another. Each second a *seal* takes the
//! batches of all replicas, in order, into one chain; the *head* says where the chain begins and ends. Every hash is
//! made with a key that lies in the database sealed by `ENCRYPTION_KEY`: who writes into the tables cannot make one.
//!
//! An event that changes on purpose (an outcome, a pseudonym) is listed again, in a later batch; the last one counts, and the
//! row names it. Only what is proven is listed again.
//!
//! - `keys`: the keys; `entry`, `batch`, `head`: what is hashed;
//! - `write`: events with their batch; `again`: events that change; `seal`: the chain; `prune`: its beginning;
//! - `adopt`: what an operator takes as it is; `verify`: the proof.

mod adopt;
mod again;
mod batch;
mod entry;
mod head;
mod keys;
mod prune;
mod seal;
mod verify;
mod write;

pub use adopt::Adopted;
pub(crate) use keys::resealed;
pub use verify::{Anchor, AnchorError, Finding, FindingKind, Verification};

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use puente_auth::Vault;
use puente_domain::Clock;

use keys::Key;

/// Writes events with what proves them.
pub(crate) struct Chain {
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    /// The key of new hashes, once it is known.
    key: Mutex<Option<Arc<Key>>>,
    /// This process has written batches since it last sealed.
    written: AtomicBool,
    /// It was told that the head is not what Puente wrote.
    told: AtomicBool,
}

impl Chain {
    pub(crate) fn new(vault: Arc<Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { vault, clock, key: Mutex::default(), written: AtomicBool::new(false), told: AtomicBool::new(false) }
    }

    /// Whether this process has written batches since this was asked last.
    pub(crate) fn has_written(&self) -> bool {
        self.written.swap(false, Ordering::Relaxed)
    }
}
