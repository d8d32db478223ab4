//! What leases, cancellations and schedules need.

use std::{collections::HashSet, sync::Arc};

use puente_domain::{JobId, Timestamp, job::JobRecord};
use puente_storage::{Storage, StorageError, Transaction};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Worker, log, ticks, woken};
use crate::{
    Why,
    settle::{Ending, after, settle},
};

/// How many jobs of lost workers are taken in one transaction.
const BATCH: u32 = 100;

impl Worker {
    /// Runs until `drained`; after `stop` it only looks after what runs here.
    pub(super) async fn keep_up(self: Arc<Self>, stop: CancellationToken, drained: CancellationToken) {
        if let Err(error) = self.register_schedules().await {
            log(&error, "the queue's schedules could not be written");
        }
        let mut hints = self.queue.0.bus.subscribe();
        let mut ticks = ticks(self.options.poll);
        let mut renewed = Instant::now();
        loop {
            tokio::select! {
                biased;
                () = drained.cancelled() => return,
                () = woken(&mut ticks, &mut hints) => {}
            }
            let renew = renewed.elapsed() >= self.queue.0.lease / 3;
            if renew {
                renewed = Instant::now();
            }
            if let Err(error) = self.look_after_held(renew).await {
                log(&error, "the leases of running jobs could not be prolonged");
            }
            if !stop.is_cancelled()
                && let Err(error) = self.look_for_due().await
            {
                log(&error, "the queue could not be looked after");
            }
        }
    }

    async fn look_after_held(&self, renew: bool) -> Result<(), StorageError> {
        let queue = &self.queue.0;
        let held = queue.held.ids();
        if held.is_empty() {
            return Ok(());
        }
        if renew {
            let mut tx = queue.storage.write().await?;
            let now = tx.jobs().now().await?;
            let ours: HashSet<JobId> = tx.jobs().renew(&queue.holder, now + queue.lease).await?.into_iter().collect();
            tx.save().await?;
            held.into_iter().filter(|id| !ours.contains(id)).for_each(|id| queue.held.end(id, Why::Lost));
        }
        for id in queue.storage.read().await?.jobs().to_cancel(&queue.holder).await? {
            queue.held.end(id, Why::Cancelled);
        }
        Ok(())
    }

    async fn look_for_due(&self) -> Result<(), StorageError> {
        let storage = &self.queue.0.storage;
        let mut read = storage.read().await?;
        let now = read.jobs().now().await?;
        let due = read.jobs().due(now).await?;
        drop(read);
        let mut queued = 0;
        if due.leases {
            queued += self.take_from_lost(&**storage).await?;
        }
        if due.schedules {
            queued += self.queue_recurring(&**storage).await?;
        }
        if queued > 0 {
            self.queue.wake();
        }
        Ok(())
    }

    /// Jobs whose worker is gone are queued again, or end.
    async fn take_from_lost(&self, storage: &dyn Storage) -> Result<usize, StorageError> {
        let mut tx = storage.write().await?;
        let now = tx.jobs().now().await?;
        let lost = tx.jobs().lost(now, BATCH).await?;
        for job in &lost {
            self.take_one(job, now, &mut *tx).await?;
        }
        tx.save().await?;
        Ok(lost.len())
    }

    async fn take_one(&self, job: &JobRecord, now: Timestamp, tx: &mut dyn Transaction) -> Result<(), StorageError> {
        // This process was only slow.
        if job.holder.as_deref() == Some(self.queue.holder()) && self.queue.0.held.has(job.id) {
            return Ok(());
        }
        let after = after(job, Ending::Lost, now, 0.0);
        let ends = after.state.has_ended() || job.cancel_requested;
        // Another version's handler must hear of its end.
        if ends && self.handlers.get(&job.kind).is_none() {
            return Ok(());
        }
        tracing::warn!(id = %job.id, kind = job.kind, attempt = job.attempts, "the worker of a job is gone");
        settle(Some(&self.handlers), job, &after, tx).await?;
        Ok(())
    }

    async fn register_schedules(&self) -> Result<(), StorageError> {
        if self.handlers.recurring().is_empty() {
            return Ok(());
        }
        let mut tx = self.queue.0.storage.write().await?;
        let now = tx.jobs().now().await?;
        for (name, recurring) in self.handlers.recurring() {
            if let Some(schedule) = recurring.schedule(name, now) {
                tx.jobs().put_schedule(&schedule).await?;
            }
        }
        tx.save().await
    }

    /// Queues the jobs of schedules that have come; of several processes that see it, one does.
    async fn queue_recurring(&self, storage: &dyn Storage) -> Result<usize, StorageError> {
        let mut tx = storage.write().await?;
        let now = tx.jobs().now().await?;
        let mut queued = 0;
        for schedule in tx.jobs().schedules().await? {
            let Some(recurring) = self.handlers.recurring().get(&schedule.name) else { continue };
            let Some(next) = recurring.cron.next(now) else { continue };
            if schedule.next_at <= now && tx.jobs().advance_schedule(&schedule, next).await? {
                tx.jobs().add(&recurring.job(now)).await?;
                queued += 1;
            }
        }
        tx.save().await?;
        Ok(queued)
    }
}
