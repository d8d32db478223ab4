//! Deleting what nobody needs any more.

use std::sync::Weak;

use async_trait::async_trait;
use puente_queue::{Job, JobError, JobHandler, Run, priority};
use serde::{Deserialize, Serialize};

use crate::Gateway;

/// Applies `AUDIT_RETENTION` and deletes what has expired.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Prune {}

impl Job for Prune {
    const KIND: &'static str = "prune";
    const PRIORITY: i64 = priority::LOW;
    /// The next hour brings the next one.
    const MAX_ATTEMPTS: u32 = 5;
}

/// The handler of [`Prune`].
pub struct Pruner(pub Weak<Gateway>);

#[async_trait]
impl JobHandler for Pruner {
    type Job = Prune;

    async fn run(&self, _: Prune, _: &Run) -> Result<(), JobError> {
        let gateway = self.0.upgrade().ok_or_else(|| JobError::transient("the process is ending"))?;
        let deleted = gateway.prune_once().await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "old rows could not be deleted");
            JobError::transient(error.to_string())
        })?;
        tracing::debug!(audit = deleted, "old rows are deleted");
        Ok(())
    }
}
