//! Whether the database is there.

use crate::{Gateway, Result};

impl Gateway {
    /// Answers once the database does; for readiness.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.storage.ping().await?)
    }

    /// Whether calls are refused because the audit trail cannot be written (`AUDIT_ON_FAILURE=refuse`): the disk may be
    /// full.
    #[must_use]
    pub fn audit_fails(&self) -> bool {
        self.trail.refuses()
    }
}
