//! The queue in front of the audit table: rows of read-only calls are committed in groups every 50 ms; whoever waits
//! for its row gets a commit at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use puente_domain::audit::AuditEvent;
use puente_storage::Storage;
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::timeout,
};

use super::{Chain, writer::Writer};
use crate::OnAuditFailure;

/// How many rows wait at most.
const CAPACITY: usize = 16 * 1024;
/// How long somebody waits to get a row into a full queue, and then for its commit.
const PATIENCE: Duration = Duration::from_secs(5);

/// The audit trail cannot be written now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the audit trail cannot be written, so nothing is done (AUDIT_ON_FAILURE=refuse)")]
pub(crate) struct Unwritable;

/// A row on its way, and who waits for it.
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) done: Option<oneshot::Sender<()>>,
}

pub(super) enum Kind {
    /// A new row.
    Add(Box<AuditEvent>),
    /// The outcome of an intent.
    Complete(Box<AuditEvent>),
    /// Nothing: whoever sends it learns that all before it is written.
    Flush,
}

impl Kind {
    /// Its row.
    pub(super) fn event(&self) -> Option<&AuditEvent> {
        match self {
            Self::Add(event) | Self::Complete(event) => Some(event),
            Self::Flush => None,
        }
    }
}

/// What the queue and its writer share.
pub(super) struct State {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) chain: Arc<Chain>,
    pub(super) on_failure: OnAuditFailure,
    /// The last commit failed, and its rows still wait.
    pub(super) failing: AtomicBool,
    /// Rows that were given up.
    pub(super) lost: AtomicU64,
    /// Somebody waits for its row.
    pub(super) hurry: Notify,
}

/// Room in the queue, taken before a call so that its row is sure to fit.
pub(crate) struct Slot(Option<mpsc::OwnedPermit<Entry>>);

impl Slot {
    /// Queues a row for the next group.
    pub(super) fn add(self, event: AuditEvent) {
        self.send(Entry { kind: Kind::Add(Box::new(event)), done: None });
    }

    /// Queues the outcome of an intent for the next group.
    pub(super) fn complete(self, event: AuditEvent) {
        self.send(Entry { kind: Kind::Complete(Box::new(event)), done: None });
    }

    fn send(self, entry: Entry) {
        if let Some(permit) = self.0 {
            permit.send(entry);
        }
    }
}

/// The queue. Its writer ends when the queue is dropped, after the last row.
pub(crate) struct Trail {
    queue: mpsc::Sender<Entry>,
    state: Arc<State>,
}

impl Trail {
    /// An empty queue and the task that writes it. Needs a Tokio runtime.
    pub(crate) fn new(storage: Arc<dyn Storage>, chain: Arc<Chain>, on_failure: OnAuditFailure) -> Self {
        let (queue, receiver) = mpsc::channel(CAPACITY);
        let state = Arc::new(State {
            storage,
            chain,
            on_failure,
            failing: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            hurry: Notify::new(),
        });
        tokio::spawn(Writer::new(receiver, state.clone()).run());
        Self { queue, state }
    }

    /// Takes room for one row. Without any: refuses, or counts the row as lost, as `AUDIT_ON_FAILURE` says.
    pub(crate) fn reserve(&self) -> Result<Slot, Unwritable> {
        if self.refuses() {
            return Err(Unwritable);
        }
        let refuse = self.state.on_failure == OnAuditFailure::Refuse;
        match self.queue.clone().try_reserve_owned() {
            Ok(permit) => Ok(Slot(Some(permit))),
            Err(_) if refuse => Err(Unwritable),
            Err(_) => {
                self.state.lost.fetch_add(1, Ordering::Relaxed);
                Ok(Slot(None))
            }
        }
    }

    /// Adds a row and returns when it is on the disk.
    pub(crate) async fn commit(&self, event: AuditEvent) -> Result<(), Unwritable> {
        self.wait(Kind::Add(Box::new(event))).await
    }

    /// Writes the outcome of an intent and returns when it is on the disk. If that fails it is tried again later.
    pub(crate) async fn commit_outcome(&self, event: AuditEvent) -> Result<(), Unwritable> {
        self.wait(Kind::Complete(Box::new(event))).await
    }

    /// Returns when every row that was queued before is on the disk.
    pub(crate) async fn flush(&self) -> Result<(), Unwritable> {
        self.wait(Kind::Flush).await
    }

    async fn wait(&self, kind: Kind) -> Result<(), Unwritable> {
        let (done, written) = oneshot::channel();
        let entry = Entry { kind, done: Some(done) };
        self.queue.send_timeout(entry, PATIENCE).await.map_err(|_| Unwritable)?;
        self.state.hurry.notify_one();
        match timeout(PATIENCE, written).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Unwritable),
        }
    }

    /// Whether the last commit failed, and calls are refused because of it.
    pub(crate) fn refuses(&self) -> bool {
        self.state.on_failure == OnAuditFailure::Refuse && self.state.failing.load(Ordering::Relaxed)
    }

    /// How much of the queue's room is taken: rows that wait, and calls under way that will add one.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.max_capacity().saturating_sub(self.queue.capacity())
    }

    /// How many rows were given up since the start.
    pub(crate) fn lost(&self) -> u64 {
        self.state.lost.load(Ordering::Relaxed)
    }
}
