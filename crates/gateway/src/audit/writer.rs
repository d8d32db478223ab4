//! The task that empties the audit queue.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use puente_domain::AuditBatchId;
use puente_storage::{StorageError, Transaction};
use tokio::{sync::mpsc, time::timeout};

use super::trail::{Entry, Kind, State};
use crate::OnAuditFailure;

/// How long a row waits for others to share its commit.
const GROUP: Duration = Duration::from_millis(50);
/// How many rows a commit takes at most.
const BATCH: usize = 1000;
/// How long a failed commit rests before it is tried again.
const RETRY: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    queue: mpsc::Receiver<Entry>,
    batch: Vec<Entry>,
    state: Arc<State>,
}

impl Writer {
    pub(super) fn new(queue: mpsc::Receiver<Entry>, state: Arc<State>) -> Self {
        Self { queue, batch: Vec::new(), state }
    }

    /// Ends when the queue is closed and empty.
    pub(super) async fn run(mut self) {
        while let Some(first) = self.queue.recv().await {
            self.batch.push(first);
            if !self.gather() {
                let _ = timeout(GROUP, self.state.hurry.notified()).await;
                self.gather();
            }
            self.write().await;
        }
    }

    /// Takes what is there; true if that is worth a commit now.
    fn gather(&mut self) -> bool {
        while self.batch.len() < BATCH {
            let Ok(entry) = self.queue.try_recv() else { break };
            self.batch.push(entry);
        }
        self.batch.len() == BATCH || self.queue.is_closed() || self.batch.iter().any(|entry| entry.done.is_some())
    }

    /// Commits the batch; tries again until it succeeds, or gives up what it may give up.
    async fn write(&mut self) {
        let id = AuditBatchId::new();
        let mut renewed = false;
        while let Err(error) = self.commit(id).await {
            // The key was that of another database, which a transfer has replaced; the next attempt looks for it again.
            if matches!(error, StorageError::Missing(_)) && !std::mem::replace(&mut renewed, true) {
                continue;
            }
            if matches!(error, StorageError::Unstorable(_)) && self.isolate().await {
                continue;
            }
            self.state.failing.store(true, Ordering::Relaxed);
            tracing::error!(error = &error as &dyn std::error::Error, "the audit trail cannot be written");
            self.give_up();
            if self.batch.is_empty() || self.queue.is_closed() {
                break;
            }
            tokio::time::sleep(RETRY).await;
        }
        self.state.failing.store(false, Ordering::Relaxed);
        for entry in self.batch.drain(..) {
            if let Some(done) = entry.done {
                // Nobody waits any more if its call was given up.
                let _ = done.send(());
            }
        }
    }

    /// Tells those who wait. Intents go: their calls are refused. Other rows stay, unless losing them is allowed.
    fn give_up(&mut self) {
        let keep = self.state.on_failure == OnAuditFailure::Refuse;
        let mut lost = 0;
        self.batch.retain_mut(|entry| {
            let told = entry.done.take().is_some();
            match entry.kind {
                Kind::Flush => false,
                Kind::Add(_) if told => false,
                Kind::Add(_) | Kind::Complete(_) => {
                    lost += u64::from(!keep);
                    keep
                }
            }
        });
        self.state.lost.fetch_add(lost, Ordering::Relaxed);
    }

    /// Takes the rows out that can never be written, so that they do not hold up the others. Whether there were any.
    async fn isolate(&mut self) -> bool {
        let before = self.batch.len();
        let mut storable = Vec::with_capacity(before);
        for entry in std::mem::take(&mut self.batch) {
            match self.try_out(&entry).await {
                Err(error @ StorageError::Unstorable(_)) => {
                    self.state.lost.fetch_add(1, Ordering::Relaxed);
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        row = ?entry.kind.event(),
                        "a row of the audit trail cannot be stored; it is only in this log"
                    );
                }
                _ => storable.push(entry),
            }
        }
        self.batch = storable;
        self.batch.len() < before
    }

    /// Writes a row, and takes it back.
    async fn try_out(&self, entry: &Entry) -> Result<(), StorageError> {
        let mut transaction = self.state.storage.write().await?;
        self.add(transaction.as_mut(), AuditBatchId::new(), std::slice::from_ref(entry)).await?;
        transaction.cancel().await
    }

    /// One batch of the trail. If the answer of an earlier commit was lost, it is there already.
    async fn commit(&self, id: AuditBatchId) -> Result<(), StorageError> {
        if self.batch.iter().all(|entry| entry.kind.event().is_none()) {
            return Ok(());
        }
        let mut transaction = self.state.storage.write().await?;
        if !self.state.failing.load(Ordering::Relaxed) || transaction.audit_chain().batches(&[id]).await?.is_empty() {
            self.add(transaction.as_mut(), id, &self.batch).await?;
        }
        transaction.save().await
    }

    async fn add(
        &self,
        transaction: &mut dyn Transaction,
        id: AuditBatchId,
        batch: &[Entry],
    ) -> Result<(), StorageError> {
        let events = batch.iter().filter_map(|entry| match &entry.kind {
            Kind::Add(event) => Some(&**event),
            Kind::Complete(_) | Kind::Flush => None,
        });
        let outcomes = batch.iter().filter_map(|entry| match &entry.kind {
            Kind::Complete(event) => Some(&**event),
            Kind::Add(_) | Kind::Flush => None,
        });
        self.state.chain.write(transaction, id, events, outcomes).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use puente_auth::Vault;
    use puente_domain::{
        AuditId, Subject, SystemClock, Timestamp,
        audit::{AuditEvent, Outcome},
    };
    use puente_storage::{AuditFilter, Page, Storage};

    use super::*;
    use crate::audit::{Chain, Trail};

    fn row(target: &str) -> AuditEvent {
        AuditEvent {
            id: AuditId::new(),
            at: Timestamp::from_micros(1),
            subject: Subject::Anonymous,
            principal: String::new(),
            action: "test".to_owned(),
            target: target.to_owned(),
            server: None,
            arguments_hash: None,
            arguments: None,
            outcome: Outcome::Ok,
            detail: None,
            duration_us: 0,
            source_us: 0,
            bytes: 0,
            cached: false,
            request_id: None,
            address: None,
        }
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_stored_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let options = puente_storage_sqlite::SqliteOptions::default();
        let storage = puente_storage_sqlite::open(&folder.path().join("puente.db"), options).await.unwrap();
        let storage: Arc<dyn Storage> = Arc::new(storage);
        let vault = Vault::new(&["a passphrase of enough length".into()]).unwrap();
        let chain = Arc::new(Chain::new(Arc::new(vault), Arc::new(SystemClock)));
        let trail = Trail::new(storage.clone(), chain, OnAuditFailure::Refuse);
        for target in ["good", "b\0d", "good"] {
            trail.reserve().unwrap().add(row(target));
        }
        let (bad, good) = tokio::join!(trail.commit(row("\0")), trail.commit(row("good")));
        assert!(bad.is_err() && good.is_ok());
        trail.flush().await.unwrap();
        assert!(!trail.refuses());
        let mut transaction = storage.read().await.unwrap();
        let rows = transaction.audit().list(&AuditFilter::default(), &Page::default()).await.unwrap().items;
        assert_eq!(rows.iter().map(|row| row.target.as_str()).collect::<Vec<_>>(), ["good"; 3]);
        assert_eq!(trail.lost(), 2);
    }
}
