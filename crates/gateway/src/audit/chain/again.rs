//! Events that change on purpose: they are listed again, where what was there is proven.
//!
//! With the head and the rows held, first everything is sealed that is there, and then what is listed again, so that it
//! stands later in the chain.

use puente_domain::{
    AuditBatchId, AuditId, Subject,
    audit::{AuditEvent, Outcome},
};
use puente_storage::{Head, Mark, Marked, StorageError, Transaction};

use super::{
    Chain,
    batch::{Found, List},
    entry::mark,
    keys::Keyring,
};

/// How many events a batch of pseudonyms lists at most.
const PAGE: u32 = 500;

impl Chain {
    /// Writes a detail to an intent that has neither outcome nor detail; false if there is none.
    pub(crate) async fn explain(
        &self,
        tx: &mut dyn Transaction,
        intent: AuditId,
        detail: &str,
    ) -> Result<bool, StorageError> {
        let head = self.lock_head(tx).await?;
        let Some(row) = tx.audit_chain().lock(intent).await? else { return Ok(false) };
        if row.event.outcome != Outcome::Unknown || row.event.detail.is_some() {
            return Ok(false);
        }
        let changed = |event: &AuditEvent| AuditEvent { detail: Some(detail.to_owned()), ..event.clone() };
        let head = self.sealed(tx, head).await?;
        let batch = AuditBatchId::new();
        let (rows, list) = self.changed(tx, vec![row], changed, mark(batch)).await?;
        for row in &rows {
            tx.audit().complete(row).await?;
        }
        self.list_again(tx, batch, list, head).await?;
        Ok(true)
    }

    /// Replaces the caller of its events by a pseudonym, and takes their salt away.
    pub(crate) async fn pseudonymise(
        &self,
        tx: &mut dyn Transaction,
        subject: Subject,
        pseudonym: &str,
    ) -> Result<(), StorageError> {
        let changed = |event: &AuditEvent| AuditEvent {
            subject: Subject::Anonymous,
            principal: pseudonym.to_owned(),
            ..event.clone()
        };
        loop {
            let head = self.lock_head(tx).await?;
            let rows = tx.audit_chain().lock_listed_of(subject, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            let head = self.sealed(tx, head).await?;
            let batch = AuditBatchId::new();
            let (rows, list) = self.changed(tx, rows, changed, Mark { batch, salt: None }).await?;
            tx.audit_chain().remark(&rows).await?;
            self.list_again(tx, batch, list, head).await?;
        }
        // Those of earlier releases are listed nowhere.
        tx.audit().pseudonymise(subject, pseudonym).await?;
        Ok(())
    }

    /// Seals what is there.
    async fn sealed(&self, tx: &mut dyn Transaction, head: Option<Head>) -> Result<Option<Head>, StorageError> {
        let Some(mut head) = head else { return Ok(None) };
        self.extend(tx, &mut head).await?;
        Ok(Some(head))
    }

    async fn list_again(
        &self,
        tx: &mut dyn Transaction,
        batch: AuditBatchId,
        list: List,
        head: Option<Head>,
    ) -> Result<(), StorageError> {
        let key = self.key(tx).await?;
        if let Some(batch) = list.end(batch, &key) {
            tx.audit_chain().add_batch(&batch).await?;
        }
        match head {
            Some(mut head) => self.extend(tx, &mut head).await,
            None => Ok(()),
        }
    }

    /// Rows as they are changed, and the list of them. One that is not what its batch lists is changed, too, but stays
    /// with that batch, so that it is still found out.
    async fn changed(
        &self,
        tx: &mut dyn Transaction,
        rows: Vec<Marked>,
        change: impl Fn(&AuditEvent) -> AuditEvent + Send,
        mark: Mark,
    ) -> Result<(Vec<Marked>, List), StorageError> {
        let (key, keys) = (self.key(tx).await?, Keyring::read(tx, &self.vault).await?);
        let mut ids: Vec<AuditBatchId> = rows.iter().filter_map(|row| Some(row.mark.as_ref()?.batch)).collect();
        ids.sort_unstable();
        ids.dedup();
        let batches = tx.audit_chain().batches(&ids).await?;
        let batches: Vec<Found<'_>> = batches.into_iter().map(|batch| Found::new(batch, &keys)).collect();
        let mut list = List::default();
        let mut changed = Vec::with_capacity(rows.len());
        for row in rows {
            let event = change(&row.event);
            let Some(old) = &row.mark else {
                changed.push(event.into());
                continue;
            };
            let found = batches.iter().find(|found| found.batch.id == old.batch);
            if found.is_some_and(|found| found.genuine && found.proves(&row)) {
                let row = Marked { event, mark: Some(mark.clone()) };
                list.put(&key, &row);
                changed.push(row);
            } else {
                tracing::error!(id = %row.event.id, "an event of the audit trail was changed by somebody else");
                let salt = old.salt.clone().filter(|_| mark.salt.is_some());
                changed.push(Marked { event, mark: Some(Mark { batch: old.batch, salt }) });
            }
        }
        Ok((changed, list))
    }
}
