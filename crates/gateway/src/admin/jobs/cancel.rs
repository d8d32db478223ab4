//! Giving a job up.

use puente_domain::{audit::Outcome, job::JobRecord};

use crate::{Action, Actor, Error, Gateway, Result};

impl Gateway {
    /// Cancels a job that waits; one that runs is told to end, and is cancelled when it has. [`Error::State`] if it has
    /// ended already.
    pub async fn cancel_job(&self, actor: &Actor, id: &str) -> Result<JobRecord> {
        self.allow(actor, Action::ManageJobs, "jobs/cancel", id).await?;
        let before = self.named_job(id).await?;
        if before.state.has_ended() {
            return Err(Error::State(format!("job {id} is {} already", before.state)));
        }
        let after = self.queue.cancel(before.id).await?.ok_or_else(|| Error::not_found("job", id))?;
        self.record(actor, "jobs/cancel", id, Outcome::Ok, Some(after.kind.clone())).await;
        Ok(after)
    }
}
