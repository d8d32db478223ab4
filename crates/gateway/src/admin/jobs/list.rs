//! What waits, runs, was done and went wrong.

use puente_domain::job::{JobRecord, JobState};
use puente_storage::{JobFilter, Page, Slice};

use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Jobs, newest first.
    pub async fn jobs(&self, actor: &Actor, filter: &JobFilter, page: &Page) -> Result<Slice<JobRecord>> {
        self.allow(actor, Action::ReadJobs, "jobs/list", "").await?;
        Ok(self.queue.list(filter, page).await?)
    }

    /// How many jobs there are in each state.
    pub async fn job_counts(&self, actor: &Actor) -> Result<[(JobState, u64); JobState::ALL.len()]> {
        self.allow(actor, Action::ReadJobs, "jobs/list", "").await?;
        Ok(self.queue.count().await?)
    }
}
