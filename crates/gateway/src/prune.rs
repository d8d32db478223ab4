//! Deletes rows that nobody needs any more.

use std::time::Duration;

use crate::{Gateway, Result};

/// How long a legacy session that nobody uses is kept.
const SESSION: Duration = Duration::from_hours(24);

impl Gateway {
    /// Deletes audit rows beyond `AUDIT_RETENTION`, expired results, tasks, refresh tokens and codes, and forgotten sessions and
    /// clients.
    /// Runs each hour on a started gateway; returns how many audit rows went.
    pub async fn prune_once(&self) -> Result<u64> {
        let now = self.clock.now();
        let mut transaction = self.storage.write().await?;
        let audit = match self.settings.audit_retention {
            Some(retention) => transaction.audit().prune(now - retention).await?,
            None => 0,
        };
        transaction.results().prune(now).await?;
        transaction.tasks().prune(now).await?;
        transaction.mcp_sessions().prune(now - SESSION).await?;
        transaction.web_sessions().prune(now).await?;
        transaction.oauth().prune(now, now - self.settings.refresh_token_ttl).await?;
        transaction.save().await?;
        self.prune_refresh_tokens().await?;
        Ok(audit)
    }
}
