//! Taking jobs.

use std::sync::Arc;

use puente_domain::job::JobRecord;
use puente_storage::{Claim, StorageError};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::{Moment, Worker, log, ticks, woken};

impl Worker {
    /// Takes jobs whenever there may be some and there is room, until `stop`.
    pub(super) async fn fill_until(self: Arc<Self>, stop: &CancellationToken) {
        let mut hints = self.queue.0.bus.subscribe();
        let mut ticks = ticks(self.options.poll);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = woken(&mut ticks, &mut hints) => {}
            }
            self.clone().fill(stop).await;
        }
    }

    /// Takes jobs until there are none.
    async fn fill(self: Arc<Self>, stop: &CancellationToken) {
        loop {
            let slot = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                slot = self.slots.clone().acquire_owned() => slot,
            };
            let Ok(slot) = slot else { return };
            match self.clone().take(slot).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return log(&error, "no job could be taken from the queue"),
            }
        }
    }

    /// Takes as many jobs as there are free slots, `slot` among them. False if there may be no more.
    async fn take(self: Arc<Self>, slot: OwnedSemaphorePermit) -> Result<bool, StorageError> {
        let mut read = self.queue.0.storage.read().await?;
        let now = read.jobs().now().await?;
        if !read.jobs().due(now).await?.jobs {
            return Ok(false);
        }
        drop(read);
        let mut slots = vec![slot];
        while let Ok(another) = self.slots.clone().try_acquire_owned() {
            slots.push(another);
        }
        let jobs = self.claim(slots.len()).await?;
        let more = jobs.len() == slots.len();
        for (job, slot) in jobs.into_iter().zip(slots) {
            let held = self.queue.0.held.hold(job.id);
            let worker = self.clone();
            self.tries.spawn(async move {
                worker.attempt(job, held).await;
                drop(slot);
            });
        }
        Ok(more)
    }

    async fn claim(&self, limit: usize) -> Result<Vec<JobRecord>, StorageError> {
        let mut tx = self.queue.0.storage.write().await?;
        let now = tx.jobs().now().await?;
        let claim = Claim {
            kinds: &self.handlers.kinds(),
            holder: &self.queue.0.holder,
            now,
            until: now + self.queue.0.lease,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
        };
        let jobs = tx.jobs().claim(&claim).await?;
        for job in &jobs {
            self.saw(Moment::Claiming, job.id);
        }
        tx.save().await?;
        for job in &jobs {
            self.saw(Moment::Claimed, job.id);
        }
        Ok(jobs)
    }
}
