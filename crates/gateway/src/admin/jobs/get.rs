//! One job.

use puente_domain::job::JobRecord;

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// A job with its payload and the error of its last try.
    pub async fn job(&self, actor: &Actor, id: &str) -> Result<JobRecord> {
        self.allow(actor, Action::ReadJobs, "jobs/get", id).await?;
        self.named_job(id).await
    }
}
