//! Where jobs are pushed.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use puente_bus::{Bus, Hint};
use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, JobState},
};
use puente_storage::{JobFilter, Page, Slice, Storage, StorageError, Transaction};
use uuid::Uuid;

use crate::{
    Handlers, Held, Job, PushOptions, Pushed, QueueError, Why,
    held::AllHeld,
    settle::{self, Ending},
};

/// The time until a job is taken from a worker that says nothing any more; workers say something each third of it.
const LEASE: Duration = Duration::from_secs(30);

/// The queue. Cheap to clone.
#[derive(Clone)]
pub struct Queue(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) bus: Bus,
    /// This process, as it signs its leases.
    pub(crate) holder: String,
    /// How long a job stays with a worker that does not prolong it.
    pub(crate) lease: Duration,
    pub(crate) held: Arc<AllHeld>,
    pub(crate) handlers: OnceLock<Handlers>,
}

impl Queue {
    /// A queue in this database. `bus` only saves waiting.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>, bus: Bus) -> Self {
        Self::with_lease(storage, bus, LEASE)
    }

    /// As [`Queue::new`], with another time until a job is taken from a worker that says nothing any more.
    #[must_use]
    pub fn with_lease(storage: Arc<dyn Storage>, bus: Bus, lease: Duration) -> Self {
        let holder = format!("{}-{}", std::process::id(), Uuid::new_v4().simple());
        Self(Arc::new(Inner { storage, bus, holder, lease, held: Arc::default(), handlers: OnceLock::new() }))
    }

    /// Says what this process can do. Handlers may hold the queue, so they come after it; later calls change nothing.
    pub fn register(&self, handlers: Handlers) {
        let _ = self.0.handlers.set(handlers);
    }

    /// Queues a job and wakes a worker.
    pub async fn push<J: Job>(&self, job: &J) -> Result<Pushed, QueueError> {
        self.push_with(job, PushOptions::default()).await
    }

    /// As [`Queue::push`], later or with another priority.
    pub async fn push_with<J: Job>(&self, job: &J, options: PushOptions) -> Result<Pushed, QueueError> {
        let mut tx = self.0.storage.write().await?;
        let pushed = self.push_in(&mut *tx, job, options).await?;
        tx.save().await?;
        self.wake();
        Ok(pushed)
    }

    /// Queues a job in a transaction of the caller's, so that both are there or neither is. Call [`Queue::wake`] once it is
    /// saved, or a worker finds the job within a second.
    pub async fn push_in<J: Job>(
        &self,
        tx: &mut dyn Transaction,
        job: &J,
        options: PushOptions,
    ) -> Result<Pushed, QueueError> {
        let now = tx.jobs().now().await?;
        let record = record(job, &options, now)?;
        let id = tx.jobs().add(&record).await?;
        Ok(Pushed { id, new: id == record.id })
    }

    /// Tells workers, here and elsewhere, that there is something to do.
    pub fn wake(&self) {
        self.0.bus.publish(Hint::JobsChanged);
    }

    /// One job.
    pub async fn get(&self, id: JobId) -> Result<Option<JobRecord>, StorageError> {
        self.0.storage.read().await?.jobs().get(id).await
    }

    /// Jobs, newest first.
    pub async fn list(&self, filter: &JobFilter, page: &Page) -> Result<Slice<JobRecord>, StorageError> {
        self.0.storage.read().await?.jobs().list(filter, page).await
    }

    /// How many jobs there are in each state, zeros included: what `puente_jobs{state}` shows.
    pub async fn count(&self) -> Result<[(JobState, u64); JobState::ALL.len()], StorageError> {
        let counted = self.0.storage.read().await?.jobs().count().await?;
        let of = |state| counted.iter().find(|(counted, _)| *counted == state).map_or(0, |(_, count)| *count);
        Ok(JobState::ALL.map(|state| (state, of(state))))
    }

    /// Queues a dead or cancelled job again; false if it is neither, or another one with its key waits or runs.
    pub async fn retry(&self, id: JobId) -> Result<bool, StorageError> {
        let mut tx = self.0.storage.write().await?;
        let now = tx.jobs().now().await?;
        let queued = tx.jobs().retry(id, now).await?;
        tx.save().await?;
        self.wake();
        Ok(queued)
    }

    /// Cancels a job that waits, and asks one that runs to end; it does so within about a second. Returns the job as it is
    /// then.
    pub async fn cancel(&self, id: JobId) -> Result<Option<JobRecord>, StorageError> {
        let mut tx = self.0.storage.write().await?;
        let after = self.cancel_in(&mut *tx, id).await?;
        tx.save().await?;
        self.wake();
        Ok(after)
    }

    /// As [`Queue::cancel`], in a transaction of the caller's; call [`Queue::wake`] once it is saved.
    pub async fn cancel_in(&self, tx: &mut dyn Transaction, id: JobId) -> Result<Option<JobRecord>, StorageError> {
        let now = tx.jobs().now().await?;
        let Some(before) = tx.jobs().get(id).await? else { return Ok(None) };
        let state = tx.jobs().cancel(id, now).await?;
        if before.state == JobState::Queued && state == Some(JobState::Cancelled) {
            settle::tell(self.0.handlers.get(), &before, JobState::Cancelled, tx).await?;
        }
        tx.jobs().get(id).await
    }

    /// Deletes jobs that were done before `done`, or died or were cancelled before `dead`; how many.
    pub async fn prune(&self, done: Timestamp, dead: Timestamp) -> Result<u64, StorageError> {
        let mut tx = self.0.storage.write().await?;
        let pruned = tx.jobs().prune(done, dead).await?;
        tx.save().await?;
        Ok(pruned)
    }

    /// Adds a job that this process does already, outside of its worker. Once the transaction is saved, [`Queue::hold`] it
    /// until its end is written with [`Queue::finish_in`]; a [`Worker`](crate::Worker) of this queue prolongs its lease.
    pub async fn adopt_in<J: Job>(
        &self,
        tx: &mut dyn Transaction,
        job: &J,
        options: PushOptions,
    ) -> Result<JobRecord, QueueError> {
        let now = tx.jobs().now().await?;
        let job = JobRecord {
            state: JobState::Running,
            attempts: 1,
            holder: Some(self.0.holder.clone()),
            lease_until: Some(now + self.0.lease),
            started_at: Some(now),
            ..record(job, &options, now)?
        };
        tx.jobs().add(&job).await?;
        Ok(job)
    }

    /// Takes note that this process holds a job, so that it is told when the job is to end.
    #[must_use]
    pub fn hold(&self, id: JobId) -> Held {
        self.0.held.hold(id)
    }

    /// Tells a job to end, if this process holds it.
    pub fn end_here(&self, id: JobId, why: Why) {
        self.0.held.end(id, why);
    }

    /// The name that this process signs its leases with.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.0.holder
    }

    /// Writes down that an [adopted](Queue::adopt_in) job was done; false if it is in other hands now.
    pub async fn finish_in(&self, tx: &mut dyn Transaction, job: &JobRecord) -> Result<bool, StorageError> {
        Self::end_adopted(tx, job, Ending::Done).await
    }

    /// Gives an [adopted](Queue::adopt_in) job back, so that a worker starts it anew; false if it is in other hands now.
    pub async fn release_in(&self, tx: &mut dyn Transaction, job: &JobRecord) -> Result<bool, StorageError> {
        Self::end_adopted(tx, job, Ending::Released).await
    }

    async fn end_adopted(tx: &mut dyn Transaction, job: &JobRecord, ending: Ending) -> Result<bool, StorageError> {
        let now = tx.jobs().now().await?;
        let after = settle::after(job, ending, now, 0.0);
        Ok(tx.jobs().settle(job, &after, now).await?.is_some())
    }
}

/// A job as it is queued at `now`.
pub(crate) fn record<J: Job>(job: &J, options: &PushOptions, now: Timestamp) -> Result<JobRecord, QueueError> {
    let payload = serde_json::to_string(job).map_err(|source| QueueError::Payload { kind: J::KIND, source })?;
    Ok(JobRecord {
        id: options.id.unwrap_or_default(),
        kind: J::KIND.to_owned(),
        payload,
        state: JobState::Queued,
        priority: options.priority.unwrap_or(J::PRIORITY),
        unique_key: job.unique_key(),
        attempts: 0,
        max_attempts: options.max_attempts.unwrap_or(J::MAX_ATTEMPTS),
        run_at: now + options.delay,
        holder: None,
        lease_until: None,
        cancel_requested: false,
        error: None,
        created_at: now,
        started_at: None,
        finished_at: None,
    })
}
