//! What the transports share: the handler, what seals, and the end.

use std::{sync::Arc, time::Duration};

use puente_domain::Clock;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Handler, handler::Sealer};

/// Limits and times of the protocol service.
#[derive(Clone, Debug)]
pub struct Options {
    /// The largest body or line, in bytes.
    pub max_body: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How often an idle stream says that it is alive.
    pub keep_alive: Duration,
    /// What a client is told to wait before it reconnects (SSE `retry`).
    pub retry: Duration,
    /// How long a sealed `requestState` may be used.
    pub state_ttl: Duration,
    /// How long a legacy client may take to answer a request of ours.
    pub input_timeout: Duration,
    /// How long a legacy session stays in memory without a request.
    pub session_idle: Duration,
    /// How many legacy sessions stay in memory; the longest idle one makes room.
    pub max_sessions: usize,
    /// How many legacy sessions a caller has on a virtual server; its own longest idle one ends for a further one.
    pub max_sessions_per_caller: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_body: 4 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(15),
            retry: Duration::from_secs(1),
            state_ttl: Duration::from_mins(10),
            input_timeout: Duration::from_mins(5),
            session_idle: Duration::from_mins(30),
            max_sessions: 10_000,
            max_sessions_per_caller: 1_000,
        }
    }
}

/// What every transport needs; one for all of them.
pub struct Service<H> {
    pub(crate) handler: Arc<H>,
    pub(crate) sealer: Arc<dyn Sealer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    pub(crate) closing: CancellationToken,
    pub(crate) running: TaskTracker,
}

impl<H: Handler> Service<H> {
    /// A service for `handler`.
    pub fn new(handler: Arc<H>, sealer: Arc<dyn Sealer>, clock: Arc<dyn Clock>, options: Options) -> Arc<Self> {
        let (closing, running) = (CancellationToken::new(), TaskTracker::new());
        Arc::new(Self { handler, sealer, clock, options, closing, running })
    }

    /// Ends the streams of subscriptions and GETs, and waits until every call has its answer. The caller decides how
    /// long it waits.
    pub async fn shutdown(&self) {
        self.closing.cancel();
        self.running.close();
        self.running.wait().await;
    }
}
