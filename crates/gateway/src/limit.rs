//! Limits: how often (per principal, per tool), how many at once (per tool, over all).

use std::{sync::Arc, time::Duration};

use puente_domain::Subject;
use puente_rates::{Limited, Quota, Rate, Rates, Who};
use puente_sources::{RateLimit, ToolSettings};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Actor, Error, Gateway, Result, failure::Failure};

/// The name of the limit per principal; those of tools are their addresses, which have a dot.
const PRINCIPALS: &str = "calls";

impl Gateway {
    /// Whose call this is. Callers without a name are told apart by their address; the keys of a user count with the user,
    /// or making another key would be a way around the limit. Keys of an administrator, who may set limits anyway, count
    /// alone: agents are not held up by each other.
    pub(crate) fn who(&self, actor: &Actor) -> Who {
        match actor.principal.subject {
            Subject::Anonymous => Who { subject: Subject::Anonymous, address: actor.address },
            Subject::Key(key) => Who { subject: self.identity.counted_as(key), address: None },
            subject @ Subject::User(_) => Who { subject, address: None },
        }
    }

    /// Counts a request of the REST API, or a new session, as a call of its caller.
    ///
    /// # Errors
    /// [`Error::Limited`] beyond `RATE_LIMIT`.
    pub async fn count_request(&self, actor: &Actor) -> Result<()> {
        match self.limits.count(&self.who(actor)).await {
            Err(Failure::Limited { retry_after_secs }) => Err(Error::Limited { retry_after_secs }),
            _ => Ok(()),
        }
    }
}

/// Limits over all tools.
pub(crate) struct Limits {
    principals: Rate,
    max_calls: usize,
    running: Arc<Semaphore>,
}

impl Limits {
    pub(crate) fn new(rates: &Rates, principal_rate: RateLimit, max_calls: usize) -> Self {
        Self {
            principals: rates.limit(PRINCIPALS, quota(principal_rate)),
            max_calls,
            running: Arc::new(Semaphore::new(max_calls)),
        }
    }

    /// Counts what is no call, or says when to come back.
    pub(crate) async fn count(&self, who: &Who) -> Result<(), Failure> {
        self.principals.check(who).await.map_err(limited)
    }

    /// Lets a request in, or says when to come back. It counts as running until the permit is dropped.
    pub(crate) async fn admit(&self, who: &Who) -> Result<OwnedSemaphorePermit, Failure> {
        self.principals.check(who).await.map_err(limited)?;
        self.running.clone().try_acquire_owned().map_err(|_| Failure::limited(1))
    }

    /// How many calls run now.
    pub(crate) fn running(&self) -> usize {
        self.max_calls.saturating_sub(self.running.available_permits())
    }

    /// Forgets those who have not called for a while.
    pub(crate) fn sweep(&self) {
        self.principals.sweep();
    }
}

/// Limits of one tool.
#[derive(Default)]
pub(crate) struct ToolLimits {
    rate: Option<Rate>,
    slots: Option<Arc<Semaphore>>,
}

impl ToolLimits {
    pub(crate) fn new(rates: &Rates, address: &str, settings: &ToolSettings) -> Self {
        let slots = |count: u32| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX)));
        Self {
            rate: settings.rate.map(|rate| rates.limit(address, quota(rate))),
            slots: settings.concurrency.map(slots),
        }
    }

    /// Whether these settings set the same limits.
    pub(crate) fn same(a: &ToolSettings, b: &ToolSettings) -> bool {
        (a.rate, a.concurrency) == (b.rate, b.concurrency)
    }

    /// Whether the caller may call it now.
    pub(crate) async fn check_rate(&self, who: &Who) -> Result<(), Failure> {
        match &self.rate {
            Some(rate) => rate.check(who).await.map_err(limited),
            None => Ok(()),
        }
    }

    /// Waits for a slot, at most for `wait`.
    pub(crate) async fn slot(&self, wait: Duration) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        let Some(slots) = &self.slots else { return Ok(None) };
        match tokio::time::timeout(wait, slots.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            _ => Err(Failure::limited(wait.as_secs())),
        }
    }

    /// See [`Limits::sweep`].
    pub(crate) fn sweep(&self) {
        if let Some(rate) = &self.rate {
            rate.sweep();
        }
    }
}

fn quota(limit: RateLimit) -> Quota {
    Quota { calls: limit.calls, per: limit.per }
}

fn limited(limited: Limited) -> Failure {
    Failure::limited(limited.retry_after.as_secs() + 1)
}
