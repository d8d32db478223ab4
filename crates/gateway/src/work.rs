//! One call of a source: owned, so that it can outlive its caller as a flight or a task.

use std::{sync::Arc, time::Duration};

use puente_domain::{Principal, audit};
use puente_mcp::{Client, Inputs, Outcome, ToolResult};
use puente_sources::{Call, SourceError};
use serde_json::{Map, Value};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{catalog::CatalogTool, failure::Failure, tasks::Place, traced};

/// How long a source may take to stop the work inside its system after the deadline or a cancellation.
const GRACE: Duration = Duration::from_secs(2);

/// What a source needs to know for a call.
pub(crate) struct Work {
    pub(crate) tool: Arc<CatalogTool>,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) inputs: Inputs,
    pub(crate) principal: Arc<Principal>,
    pub(crate) client: Client,
    pub(crate) cancel: CancellationToken,
    pub(crate) deadline: Instant,
    /// From the start to the deadline, for the message.
    pub(crate) timeout: Duration,
    pub(crate) concurrency_wait: Duration,
    pub(crate) max_bytes: usize,
    /// Its part of the cap on calls in flight.
    pub(crate) running: Arc<OwnedSemaphorePermit>,
    /// Its part of its caller's tasks, if it may become one.
    pub(crate) place: Option<Arc<Place>>,
}

impl Work {
    /// Waits for a slot and calls the source; says how long the source took.
    pub(crate) async fn run(&self) -> (Result<Outcome<ToolResult>, Failure>, Duration) {
        let _slot = match self.slot().await {
            Ok(slot) => slot,
            Err(failure) => return (Err(failure), Duration::ZERO),
        };
        let started = Instant::now();
        let connection = &self.tool.connection;
        let result = connection.through(async {
            tokio::select! {
                biased;
                result = traced::source(&self.tool.address, connection.source.call(self.call())) => result,
                error = self.overdue() => Err(error),
            }
        });
        let result = result.await;
        (result.map_err(|error| self.failure(&error)), started.elapsed())
    }

    fn call(&self) -> Call<'_> {
        Call {
            tool: &self.tool.name,
            arguments: &self.arguments,
            inputs: &self.inputs,
            principal: &self.principal,
            client: &self.client,
            cancel: &self.cancel,
            deadline: self.deadline,
            max_bytes: self.max_bytes,
        }
    }

    async fn slot(&self) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        let wait = self.concurrency_wait.min(self.deadline.saturating_duration_since(Instant::now()));
        tokio::select! {
            biased;
            slot = self.tool.limits.slot(wait) => slot,
            () = self.cancel.cancelled() => Err(cancelled()),
        }
    }

    /// A source ends its work by itself when it is told to; this is for one that does not.
    async fn overdue(&self) -> SourceError {
        let cancelled = async {
            self.cancel.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            () = sleep_until(self.deadline + GRACE) => {
                SourceError::TimedOut { limit_ms: u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX) }
            }
            () = cancelled => SourceError::Cancelled,
        }
    }

    fn failure(&self, error: &SourceError) -> Failure {
        let failure = Failure::of_source(error, &self.tool.address);
        if self.cancel.is_cancelled() { cancelled() } else { failure }
    }
}

fn cancelled() -> Failure {
    Failure::Tool { message: SourceError::Cancelled.to_string(), outcome: audit::Outcome::Cancelled }
}
