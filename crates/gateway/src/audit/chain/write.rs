//! Events on their way into the table.

use std::{collections::HashSet, sync::atomic::Ordering};

use puente_domain::{AuditBatchId, audit::AuditEvent};
use puente_storage::{Marked, StorageError, Transaction};

use super::{Chain, batch::List, entry::mark};

impl Chain {
    /// Adds events to the trail, in the transaction of what they tell.
    pub(crate) async fn add(&self, tx: &mut dyn Transaction, events: &[AuditEvent]) -> Result<(), StorageError> {
        self.write(tx, AuditBatchId::new(), events.iter(), std::iter::empty()).await
    }

    /// Adds events, and outcomes of intents, as this batch. What is there already stays as it is, and is not listed.
    pub(crate) async fn write<'a>(
        &self,
        tx: &mut dyn Transaction,
        batch: AuditBatchId,
        events: impl Iterator<Item = &'a AuditEvent> + Send,
        outcomes: impl Iterator<Item = &'a AuditEvent> + Send,
    ) -> Result<(), StorageError> {
        let written = self.try_write(tx, batch, events, outcomes).await;
        if written.is_err() {
            // Its key may be gone with the database that it was in.
            self.forget();
        }
        self.written.store(true, Ordering::Relaxed);
        written
    }

    async fn try_write<'a>(
        &self,
        tx: &mut dyn Transaction,
        batch: AuditBatchId,
        events: impl Iterator<Item = &'a AuditEvent> + Send,
        outcomes: impl Iterator<Item = &'a AuditEvent> + Send,
    ) -> Result<(), StorageError> {
        let key = self.key(tx).await?;
        let marked = |event: &AuditEvent| Marked { event: event.clone(), mark: Some(mark(batch)) };
        let mut list = List::default();
        let rows: Vec<Marked> = events.map(marked).collect();
        let added: HashSet<_> = tx.audit().add(&rows).await?.into_iter().collect();
        for row in rows.iter().filter(|row| added.contains(&row.event.id)) {
            list.put(&key, row);
        }
        for row in outcomes.map(marked) {
            if tx.audit().complete(&row).await? || !tx.audit().add(std::slice::from_ref(&row)).await?.is_empty() {
                list.put(&key, &row);
            }
        }
        match list.end(batch, &key) {
            Some(batch) => tx.audit_chain().add_batch(&batch).await,
            None => Ok(()),
        }
    }
}
