//! Rows of the chain.

use puente_domain::{AuditBatchId, AuditKeyId, audit::AuditEvent};
use puente_storage::{AuditKey, Batch, Head, Mark, Marked, Result, Seal, StorageError};
use uuid::Uuid;

use super::{Time, audit, time::moment};

pub(super) struct KeyRow {
    pub(super) id: Uuid,
    pub(super) sealed: Vec<u8>,
    pub(super) created_at: Time,
}

impl From<KeyRow> for AuditKey {
    fn from(row: KeyRow) -> Self {
        Self { id: AuditKeyId(row.id), sealed: row.sealed, created_at: row.created_at.0 }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct BatchRow {
    pub(super) id: Uuid,
    pub(super) key_id: Uuid,
    pub(super) entries: Vec<u8>,
    pub(super) newest: Time,
    pub(super) mac: Vec<u8>,
    pub(super) seal: Option<i64>,
}

impl From<BatchRow> for Batch {
    fn from(row: BatchRow) -> Self {
        Self {
            id: AuditBatchId(row.id),
            key: AuditKeyId(row.key_id),
            entries: row.entries,
            newest: row.newest.0,
            mac: row.mac,
            seal: row.seal,
        }
    }
}

pub(super) struct SealRow {
    pub(super) number: i64,
    pub(super) key_id: Uuid,
    pub(super) at: Time,
    pub(super) newest: Time,
    pub(super) batches: Vec<u8>,
    pub(super) previous: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl From<SealRow> for Seal {
    fn from(row: SealRow) -> Self {
        Self {
            number: row.number,
            key: AuditKeyId(row.key_id),
            at: row.at.0,
            newest: row.newest.0,
            batches: row.batches,
            previous: row.previous,
            hash: row.hash,
        }
    }
}

pub(super) struct HeadRow {
    pub(super) key_id: Uuid,
    pub(super) began_at: Option<Time>,
    pub(super) pruned_before: Option<Time>,
    pub(super) pruned_number: i64,
    pub(super) pruned_hash: Vec<u8>,
    pub(super) number: i64,
    pub(super) hash: Vec<u8>,
    pub(super) mac: Vec<u8>,
}

impl From<HeadRow> for Head {
    fn from(row: HeadRow) -> Self {
        Self {
            key: AuditKeyId(row.key_id),
            began_at: moment(row.began_at),
            pruned_before: moment(row.pruned_before),
            pruned_number: row.pruned_number,
            pruned_hash: row.pruned_hash,
            number: row.number,
            hash: row.hash,
            mac: row.mac,
        }
    }
}

/// An event with what stands beside it.
#[derive(sqlx::FromRow)]
pub(super) struct MarkedRow {
    #[sqlx(flatten)]
    event: audit::Row,
    batch: Option<Uuid>,
    salt: Option<Vec<u8>>,
}

impl TryFrom<MarkedRow> for Marked {
    type Error = StorageError;

    fn try_from(MarkedRow { event, batch, salt }: MarkedRow) -> Result<Self> {
        let mark = batch.map(|batch| Mark { batch: AuditBatchId(batch), salt });
        Ok(Self { event: AuditEvent::try_from(event)?, mark })
    }
}
