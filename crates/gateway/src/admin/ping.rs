//! Whether the database is there.

use crate::{Gateway, Result};

impl Gateway {
    /// Answers once the database does; for readiness.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.storage.ping().await?)
    }
}
