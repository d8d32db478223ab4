//! The task that empties the audit queue.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use puente_domain::audit::AuditEvent;
use puente_storage::StorageError;
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
        while let Err(error) = self.commit().await {
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

    async fn commit(&self) -> Result<(), StorageError> {
        let mut rows: Vec<AuditEvent> = Vec::with_capacity(self.batch.len());
        let mut outcomes: Vec<&AuditEvent> = Vec::new();
        for entry in &self.batch {
            match &entry.kind {
                Kind::Add(event) => rows.push((**event).clone()),
                Kind::Complete(event) => outcomes.push(event),
                Kind::Flush => {}
            }
        }
        if rows.is_empty() && outcomes.is_empty() {
            return Ok(());
        }
        let mut transaction = self.state.storage.write().await?;
        transaction.audit().add(&rows).await?;
        for event in outcomes {
            if !transaction.audit().complete(event).await? {
                transaction.audit().add(std::slice::from_ref(event)).await?;
            }
        }
        transaction.save().await
    }
}
