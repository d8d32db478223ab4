//! Another chance for a job that went wrong.

use puente_domain::{audit::Outcome, job::JobRecord};

use crate::{Action, Actor, Error, Gateway, Result};

impl Gateway {
    /// Queues a dead or cancelled job again, with all its attempts; [`Error::State`] if it is neither, or if another
    /// one for the same thing waits or runs.
    pub async fn retry_job(&self, actor: &Actor, id: &str) -> Result<JobRecord> {
        self.allow(actor, Action::ManageJobs, "jobs/retry", id).await?;
        let job = self.named_job(id).await?;
        if !self.queue.retry(job.id).await? {
            let state = self.named_job(id).await?.state;
            return Err(Error::State(format!(
                "job {id} is {state}: only dead and cancelled jobs can be retried, unless another one for the same thing \
                 waits or runs"
            )));
        }
        self.record(actor, "jobs/retry", id, Outcome::Ok, Some(job.kind)).await;
        self.named_job(id).await
    }
}
