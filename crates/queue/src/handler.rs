//! What does a kind of jobs.

use async_trait::async_trait;
use puente_domain::JobId;
use puente_storage::{StorageError, Transaction};
use tokio_util::sync::CancellationToken;

use crate::{Job, JobError};

/// The try that runs.
#[derive(Clone, Debug)]
pub struct Run {
    /// The job's id.
    pub id: JobId,
    /// 1 for the first try.
    pub attempt: u32,
    /// Ends when the job is cancelled, when it was taken from this worker, and when the process is about to end. A handler
    /// that takes long listens to it and returns early, with any result.
    pub cancel: CancellationToken,
}

/// Why a job will not be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GaveUp {
    /// It failed for good.
    Dead(String),
    /// Someone cancelled it.
    Cancelled,
}

/// Does the jobs of one kind. A try can end at any point and come again, here or elsewhere, even while a try that was
/// given up still runs: what it did already must do no harm.
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// The kind.
    type Job: Job;

    /// Does it.
    ///
    /// # Errors
    /// Whether another try makes sense, and why this one failed.
    async fn run(&self, job: Self::Job, run: &Run) -> Result<(), JobError>;

    /// Writes down that a job will not be done, in the transaction that ends it.
    ///
    /// # Errors
    /// If the database fails; the job is then ended later.
    async fn gave_up(&self, job: Self::Job, why: &GaveUp, tx: &mut dyn Transaction) -> Result<(), StorageError> {
        let _ = (job, why, tx);
        Ok(())
    }
}
