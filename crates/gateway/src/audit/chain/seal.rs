//! The chain: batches of all replicas, in order, each link with the hash of the one before.

use puente_auth::MacKey;
use puente_domain::AuditBatchId;
use puente_storage::{Claimed, Head, Seal, StorageError, Transaction};
use uuid::Uuid;

use super::{Chain, batch::newest, entry, keys::Keyring};
use crate::Gateway;

/// How many batches a seal lists at most.
const BATCHES: u32 = 1000;
/// The length of a batch in the list of its seal.
const LENGTH: usize = 16 + 4 + 32;

/// A batch in the list of its seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) id: AuditBatchId,
    /// How many events it lists.
    pub(super) events: u32,
    pub(super) mac: [u8; 32],
}

impl Link {
    fn of(batch: &Claimed) -> Self {
        let events = usize::try_from(batch.length).unwrap_or_default() / entry::LENGTH;
        let mac = <[u8; 32]>::try_from(&batch.mac[..]).unwrap_or_default();
        Self { id: batch.id, events: u32::try_from(events).unwrap_or(u32::MAX), mac }
    }

    fn write(&self, list: &mut Vec<u8>) {
        list.extend_from_slice(self.id.0.as_bytes());
        list.extend_from_slice(&self.events.to_be_bytes());
        list.extend_from_slice(&self.mac);
    }

    /// The links of a list, in the order of their ids.
    pub(super) fn read_all(list: &[u8]) -> impl Iterator<Item = Self> {
        list.chunks_exact(LENGTH).filter_map(|bytes| {
            let (id, rest) = bytes.split_first_chunk()?;
            let (events, mac) = rest.split_first_chunk()?;
            let id = AuditBatchId(Uuid::from_bytes(*id));
            Some(Self { id, events: u32::from_be_bytes(*events), mac: mac.try_into().ok()? })
        })
    }
}

/// The hash of a seal.
fn hash(key: &MacKey, seal: &Seal) -> [u8; 32] {
    key.begin("audit/seal")
        .with_number(seal.number)
        .with_number(seal.at.as_micros())
        .with_number(seal.newest.as_micros())
        .with(&seal.batches)
        .with(&seal.previous)
        .end()
}

/// Whether Puente has made it; `None` if its key cannot be opened.
pub(super) fn is_genuine(seal: &Seal, keys: &Keyring) -> Option<bool> {
    keys.get(seal.key).map(|key| hash(key, seal)[..] == seal.hash)
}

impl Chain {
    /// Seals every batch that is not sealed yet, and puts the head behind it.
    pub(super) async fn extend(&self, tx: &mut dyn Transaction, head: &mut Head) -> Result<(), StorageError> {
        let first = head.number;
        loop {
            let mut claimed = tx.audit_chain().claim(head.number + 1, BATCHES).await?;
            if claimed.is_empty() {
                return if head.number > first { self.put_head(tx, head).await } else { Ok(()) };
            }
            claimed.sort_by_key(|batch| batch.id);
            let key = self.key(tx).await?;
            let mut seal = Seal {
                number: head.number + 1,
                key: key.id,
                at: self.clock.now(),
                newest: newest(claimed.iter().map(|batch| batch.newest)),
                batches: Vec::with_capacity(claimed.len() * LENGTH),
                previous: head.hash.clone(),
                hash: Vec::new(),
            };
            for batch in &claimed {
                Link::of(batch).write(&mut seal.batches);
            }
            seal.hash = hash(&key.mac, &seal).to_vec();
            tx.audit_chain().add_seal(&seal).await?;
            (head.number, head.hash) = (seal.number, seal.hash);
        }
    }
}

impl Gateway {
    /// Seals what every replica has written, also those that ended. What fails is tried again the next time.
    pub(crate) async fn seal(&self) {
        if let Err(error) = self.try_seal().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the audit trail could not be sealed; trying again"
            );
        }
    }

    async fn try_seal(&self) -> Result<(), StorageError> {
        let waiting = self.storage.read().await?.audit_chain().batches_of(None, None, 1).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut tx = self.storage.write().await?;
        let Some(mut head) = self.chain.lock_head(tx.as_mut()).await? else { return tx.cancel().await };
        self.chain.extend(tx.as_mut(), &mut head).await?;
        tx.save().await
    }
}
