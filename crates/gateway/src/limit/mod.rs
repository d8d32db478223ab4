//! Limits: how often (per principal, per tool), how many at once (per tool, over all).

mod rate;

pub(crate) use rate::{Rate, Who};

use std::{sync::Arc, time::Duration};

use puente_sources::{RateLimit, ToolSettings};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::failure::Failure;

/// Limits over all tools.
pub(crate) struct Limits {
    principals: Rate,
    max_calls: usize,
    running: Arc<Semaphore>,
}

impl Limits {
    pub(crate) fn new(principal_rate: RateLimit, max_calls: usize) -> Self {
        Self { principals: Rate::new(principal_rate), max_calls, running: Arc::new(Semaphore::new(max_calls)) }
    }

    /// Counts what is no call, or says when to come back.
    pub(crate) fn count(&self, who: &Who) -> Result<(), Failure> {
        self.principals.check(who)
    }

    /// Lets a request in, or says when to come back. It counts as running until the permit is dropped.
    pub(crate) fn admit(&self, who: &Who) -> Result<OwnedSemaphorePermit, Failure> {
        self.principals.check(who)?;
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
    pub(crate) fn new(settings: &ToolSettings) -> Self {
        let slots = |count: u32| Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(usize::MAX)));
        Self { rate: settings.rate.map(Rate::new), slots: settings.concurrency.map(slots) }
    }

    /// Whether these settings set the same limits.
    pub(crate) fn same(a: &ToolSettings, b: &ToolSettings) -> bool {
        (a.rate, a.concurrency) == (b.rate, b.concurrency)
    }

    /// Whether the caller may call it now.
    pub(crate) fn check_rate(&self, who: &Who) -> Result<(), Failure> {
        self.rate.as_ref().map_or(Ok(()), |rate| rate.check(who))
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
