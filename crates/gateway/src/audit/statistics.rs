//! How much is called, from the audit trail.

use puente_domain::{Timestamp, audit::Outcome};
use puente_storage::AuditFilter;

use crate::{Action, Actor, Gateway, Result, policy::decide};

/// How many targets are told apart.
const TARGETS: u32 = 100;
/// Up to where events are counted: beyond, the answer is "at least".
pub const COUNT_LIMIT: u64 = 100_000;

/// Calls since a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many calls, refused ones too; [`COUNT_LIMIT`] means at least so many.
    pub calls: u64,
    /// By outcome, in the order of [`Outcome::ALL`].
    pub outcomes: Vec<(Outcome, u64)>,
    /// The most called first.
    pub targets: Vec<TargetStatistics>,
    /// Audit rows that were given up since the start (`AUDIT_ON_FAILURE=continue`).
    pub audit_lost: u64,
}

/// Calls of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetStatistics {
    /// `source.tool`, a URI, …
    pub target: String,
    /// How many calls.
    pub calls: u64,
    /// How many of them did not end well.
    pub errors: u64,
    /// The mean wall time in microseconds.
    pub mean_us: u64,
}

impl Gateway {
    /// What was called since a moment.
    pub async fn statistics(&self, actor: &Actor, since: Timestamp) -> Result<Statistics> {
        decide(&actor.principal, Action::ReadCatalog)?;
        let mut transaction = self.storage.read().await?;
        let base = AuditFilter { action: Some("tools/call".to_owned()), since: Some(since), ..AuditFilter::default() };
        let calls = transaction.audit().count(&base, COUNT_LIMIT).await?;
        let mut outcomes = Vec::with_capacity(Outcome::ALL.len());
        for outcome in Outcome::ALL {
            let filter = AuditFilter { outcome: Some(outcome), ..base.clone() };
            outcomes.push((outcome, transaction.audit().count(&filter, COUNT_LIMIT).await?));
        }
        let totals = transaction.audit().totals(since, TARGETS).await?;
        let targets = totals.into_iter().map(|(target, calls, errors, micros)| TargetStatistics {
            target,
            calls,
            errors,
            mean_us: micros.checked_div(calls).unwrap_or(0),
        });
        Ok(Statistics { calls, outcomes, targets: targets.collect(), audit_lost: self.trail.lost() })
    }
}
