//! The durable queue, as administrators see it.

mod cancel;
mod get;
mod list;
mod retry;

use puente_domain::{JobId, job::JobRecord};

use crate::{Error, Gateway, Result};

impl Gateway {
    /// The job that a caller names by its id.
    async fn named_job(&self, id: &str) -> Result<JobRecord> {
        let unknown = || Error::not_found("job", id);
        let parsed: JobId = id.parse().map_err(|_| unknown())?;
        self.queue.get(parsed).await?.ok_or_else(unknown)
    }
}
