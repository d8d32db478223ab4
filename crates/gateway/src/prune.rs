//! Deletes rows that nobody needs any more.

use std::time::Duration;

use crate::{Gateway, Result};

/// How long a legacy session that nobody uses is kept.
const SESSION: Duration = Duration::from_hours(24);

/// How long jobs that were done can be looked at.
const DONE: Duration = Duration::from_hours(24);
/// How long jobs that died or were cancelled can be looked at and retried.
const DEAD: Duration = Duration::from_hours(30 * 24);

impl Gateway {
    /// Deletes audit rows beyond `AUDIT_RETENTION`, expired results, tasks, refresh tokens and codes, forgotten sessions and
    /// clients, and jobs that ended long ago. The job [`Prune`](crate::jobs::Prune) does it each hour; returns how many
    /// audit rows went.
    pub async fn prune_once(&self) -> Result<u64> {
        let now = self.clock.now();
        let mut transaction = self.storage.write().await?;
        let audit = match self.settings.audit_retention {
            Some(retention) => {
                self.chain.prune(transaction.as_mut(), now - retention).await?;
                transaction.audit().prune(now - retention).await?
            }
            None => 0,
        };
        transaction.results().prune(now).await?;
        transaction.tasks().prune(now).await?;
        let jobs_now = transaction.jobs().now().await?;
        transaction.jobs().prune(jobs_now - DONE, jobs_now - DEAD).await?;
        transaction.mcp_sessions().prune(now - SESSION).await?;
        transaction.web_sessions().prune(now).await?;
        transaction.oauth().prune(now, now - self.settings.refresh_token_ttl).await?;
        transaction.save().await?;
        self.prune_refresh_tokens().await?;
        Ok(audit)
    }
}
