//! One try of a job.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use puente_domain::job::JobRecord;
use puente_storage::StorageError;
use tokio::time::sleep;

use super::{GRACE, Moment, Worker, log};
use crate::{
    Held, JobError, Run, Why,
    settle::{Ending, after, settle},
};

/// Between tries to write down how a job ended.
const AGAIN: Duration = Duration::from_millis(500);

impl Worker {
    /// Runs a job and writes down how it ended.
    pub(super) async fn attempt(&self, job: JobRecord, held: Held) {
        tracing::debug!(id = %job.id, kind = job.kind, attempt = job.attempts, "job started");
        let result = self.handle(&job, &held).await;
        self.saw(Moment::Handled, job.id);
        let ending = match (result, held.why()) {
            (_, Some(Why::Lost)) => {
                tracing::warn!(id = %job.id, kind = job.kind, "a job was taken away while it ran");
                return;
            }
            (Ok(()), _) => Ending::Done,
            (Err(_), Some(Why::Stopping)) => Ending::Released,
            (Err(error), _) => {
                let JobRecord { id, kind, attempts, .. } = &job;
                tracing::warn!(%id, kind, attempt = attempts, error = error.message, "a try of a job failed");
                Ending::Failed(error)
            }
        };
        self.write_down(&job, ending, &held).await;
    }

    /// A handler that panics has failed. One that does not return in time after it was told to end is left.
    async fn handle(&self, job: &JobRecord, held: &Held) -> Result<(), JobError> {
        let Some(handler) = self.handlers.get(&job.kind) else {
            return Err(JobError::transient("this process cannot do it"));
        };
        let run = Run { id: job.id, attempt: job.attempts, cancel: held.cancel().clone() };
        let overdue = async {
            held.cancel().cancelled().await;
            sleep(GRACE / 2).await;
        };
        tokio::select! {
            biased;
            result = AssertUnwindSafe(handler.run(&job.payload, &run)).catch_unwind() => {
                result.unwrap_or_else(|_| Err(JobError::transient("the job panicked; the log says where")))
            }
            () = overdue => Err(JobError::transient("the job did not end when it was told to")),
        }
    }

    /// As often as it takes, as long as the job is this process's.
    async fn write_down(&self, job: &JobRecord, ending: Ending, held: &Held) {
        loop {
            match self.try_write_down(job, ending.clone()).await {
                Ok(true) => return self.saw(Moment::Settled, job.id),
                Ok(false) => {
                    tracing::warn!(id = %job.id, kind = job.kind, "a job was taken away before its end was written");
                    return;
                }
                Err(error) => log(&error, "the end of a job could not be written"),
            }
            if matches!(held.why(), Some(Why::Lost | Why::Stopping)) {
                return;
            }
            sleep(AGAIN).await;
        }
    }

    async fn try_write_down(&self, job: &JobRecord, ending: Ending) -> Result<bool, StorageError> {
        let mut tx = self.queue.0.storage.write().await?;
        let now = tx.jobs().now().await?;
        let after = after(job, ending, now, rand::random());
        let ours = settle(Some(&self.handlers), job, &after, &mut *tx).await?;
        self.saw(Moment::Settling, job.id);
        tx.save().await?;
        Ok(ours)
    }
}
