//! What proves the audit trail: batches of events, seals of batches, the head of the chain. What the hashes mean is known
//! above, where the keys are; here they are bytes.

use async_trait::async_trait;
use puente_domain::{AuditBatchId, AuditId, AuditKeyId, Subject, Timestamp, audit::AuditEvent};

use crate::Result;

/// What stands beside an event in its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The batch that lists the event as it is now.
    pub batch: AuditBatchId,
    /// Hides the caller in the event's hash; deleted with the account.
    pub salt: Option<Vec<u8>>,
}

/// An event, and what proves it. Events of earlier releases have no mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The event.
    pub event: AuditEvent,
    /// Where it is listed.
    pub mark: Option<Mark>,
}

impl From<AuditEvent> for Marked {
    fn from(event: AuditEvent) -> Self {
        Self { event, mark: None }
    }
}

/// A key of the hashes, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditKey {
    /// Its id.
    pub id: AuditKeyId,
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Events that were written together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id; ids sort by time.
    pub id: AuditBatchId,
    /// The key of its hashes.
    pub key: AuditKeyId,
    /// The events by id and hash.
    pub entries: Vec<u8>,
    /// The newest time of an event.
    pub newest: Timestamp,
    /// The keyed hash of it all.
    pub mac: Vec<u8>,
    /// The seal that lists it; `None` until there is one.
    pub seal: Option<i64>,
}

/// What a seal keeps of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The batch.
    pub id: AuditBatchId,
    /// The length of [`Batch::entries`].
    pub length: i64,
    /// As in [`Batch::newest`].
    pub newest: Timestamp,
    /// As in [`Batch::mac`].
    pub mac: Vec<u8>,
}

/// A link of the chain: a list of batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Its place in the chain, counted from 1 without gaps.
    pub number: i64,
    /// The key of its hash.
    pub key: AuditKeyId,
    /// When it was made.
    pub at: Timestamp,
    /// The newest time of an event in its batches.
    pub newest: Timestamp,
    /// The batches by id and hash.
    pub batches: Vec<u8>,
    /// The hash of the seal before.
    pub previous: Vec<u8>,
    /// The keyed hash of it all.
    pub hash: Vec<u8>,
}

/// Where the chain begins and ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The key of its hash.
    pub key: AuditKeyId,
    /// Events from before this moment may be in no batch; `None`: all must be in one.
    pub began_at: Option<Timestamp>,
    /// Events from before this moment may have been deleted.
    pub pruned_before: Option<Timestamp>,
    /// The last seal that was deleted with its events; 0 if none was.
    pub pruned_number: i64,
    /// Its hash.
    pub pruned_hash: Vec<u8>,
    /// The last seal; 0 if there is none yet.
    pub number: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The keyed hash of it all.
    pub mac: Vec<u8>,
}

/// Where an event is listed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The event.
    pub event: AuditId,
    /// The batch that its row names.
    pub batch: Option<AuditBatchId>,
    /// The seal of that batch.
    pub seal: Option<i64>,
}

/// Batches, seals, the head, and the keys of their hashes.
#[async_trait]
pub trait AuditChainRepository: Send {
    /// Every key, the oldest first.
    async fn keys(&mut self) -> Result<Vec<AuditKey>>;
    /// Adds a key, or replaces what is sealed in it.
    async fn put_key(&mut self, key: &AuditKey) -> Result<()>;

    /// Adds a batch that no seal lists yet. [`StorageError::Missing`](crate::StorageError::Missing) if its key is gone.
    async fn add_batch(&mut self, batch: &Batch) -> Result<()>;
    /// Batches by id.
    async fn batches(&mut self, ids: &[AuditBatchId]) -> Result<Vec<Batch>>;
    /// Batches of a seal, or those that no seal lists; by id, after this one.
    async fn batches_of(&mut self, seal: Option<i64>, after: Option<AuditBatchId>, limit: u32) -> Result<Vec<Batch>>;
    /// Batches whose seal is not among those after `first` and up to `last`.
    async fn batches_outside(&mut self, first: i64, last: i64, limit: u32) -> Result<Vec<AuditBatchId>>;
    /// Gives up to `limit` batches that no seal lists to this one, in any order.
    async fn claim(&mut self, seal: i64, limit: u32) -> Result<Vec<Claimed>>;

    /// The head, as it is.
    async fn head(&mut self) -> Result<Option<Head>>;
    /// The head; other transactions wait for it until this one ends.
    async fn lock_head(&mut self) -> Result<Option<Head>>;
    /// Adds the head; false if there is one already.
    async fn add_head(&mut self, head: &Head) -> Result<bool>;
    /// Replaces the head.
    async fn put_head(&mut self, head: &Head) -> Result<()>;
    /// Whether there is any seal or batch.
    async fn has_links(&mut self) -> Result<bool>;

    /// Adds a seal.
    async fn add_seal(&mut self, seal: &Seal) -> Result<()>;
    /// Seals by number, after this one.
    async fn seals(&mut self, after: i64, limit: u32) -> Result<Vec<Seal>>;
    /// The seal with the highest number.
    async fn last_seal(&mut self) -> Result<Option<Seal>>;
    /// The first seal that has an event from this moment on.
    async fn first_seal_since(&mut self, moment: Timestamp) -> Result<Option<i64>>;
    /// Deletes the seals up to this one, and their batches.
    async fn prune_seals(&mut self, last: i64) -> Result<()>;

    /// The events whose rows name these batches, up to `limit`.
    async fn events_of(&mut self, batches: &[AuditBatchId], limit: u32) -> Result<Vec<Marked>>;
    /// Where these events are listed; those that are gone are left out.
    async fn whereabouts(&mut self, events: &[AuditId]) -> Result<Vec<Whereabouts>>;
    /// Events whose batch does not exist.
    async fn stray(&mut self, limit: u32) -> Result<Vec<AuditId>>;
    /// How many events are in no batch, from before this moment.
    async fn unlisted_before(&mut self, moment: Timestamp) -> Result<u64>;
    /// Events that are in no batch, from this moment on.
    async fn unlisted(&mut self, since: Option<Timestamp>, limit: u32) -> Result<Vec<AuditEvent>>;
    /// The same, whenever they were, held until the transaction ends.
    async fn lock_unlisted(&mut self, limit: u32) -> Result<Vec<AuditEvent>>;
    /// An event with its mark, held until the transaction ends.
    async fn lock(&mut self, event: AuditId) -> Result<Option<Marked>>;
    /// Events of a caller that are in a batch, held until the transaction ends.
    async fn lock_listed_of(&mut self, subject: Subject, limit: u32) -> Result<Vec<Marked>>;
    /// Replaces the caller and the mark of events that are there.
    async fn remark(&mut self, events: &[Marked]) -> Result<()>;
}
