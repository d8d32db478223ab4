//! What Prometheus reads. Calls are counted as they end; everything else is looked at when somebody asks.
//!
//! Labels are bounded: names come from the catalog, never from a client, and there is an end to how many are kept apart.

mod calls;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod process;

use std::{sync::atomic::Ordering, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, info::Info},
    registry::Registry,
};
use puente_domain::Timestamp;

pub(crate) use calls::{Calls, ToolLabels};

use crate::{Action, Actor, Gateway, Result};
use process::Process;

/// The media type of [`Gateway::metrics`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How long the database may take to count jobs.
const COUNT_PATIENCE: Duration = Duration::from_secs(2);

/// How a request to the cache ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looked {
    /// It was there.
    Hit,
    /// The source was called.
    Miss,
    /// An equal call that was under way was waited for.
    Shared,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabel {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

/// Everything that is measured.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) calls: Calls,
    cache: [Counter; 3],
    in_flight: Gauge,
    sessions: Gauge,
    queue: Gauge,
    lost: Counter,
    connections: Family<StateLabel, Gauge>,
    jobs: Family<StateLabel, Gauge>,
    process: Option<Process>,
}

impl Metrics {
    /// Nothing yet. The process counts as started now.
    pub(crate) fn new(now: Timestamp) -> Self {
        let mut registry = Registry::default();
        let calls = Calls::register(&mut registry);
        let cache = Family::<ResultLabel, Counter>::default();
        let by_result = ["hit", "miss", "shared"].map(|result| cache.get_or_create_owned(&ResultLabel { result }));
        registry.register("puente_cache_requests", "Calls of tools whose results are cached", cache);
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("puente_build", "The running version", version);
        let lost = Counter::default();
        registry.register("puente_audit_rows_lost", "Rows that the audit trail gave up", lost.clone());
        let connections = Family::<StateLabel, Gauge>::default();
        let help = "Connections to Puente's own database";
        registry.register("puente_database_connections", help, connections.clone());
        let jobs = Family::<StateLabel, Gauge>::default();
        registry.register("puente_jobs", "Jobs of the durable queue, over all processes", jobs.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let in_flight = gauge("puente_calls_in_flight", "Calls that run now");
        let sessions = gauge("puente_sessions", "Legacy MCP sessions in this process");
        let queue = gauge(
            "puente_audit_queue_rows",
            "Room taken in the queue of the audit trail, by rows and by calls that will add one",
        );
        let process = Process::register(&mut registry, now);
        Self { registry, calls, cache: by_result, in_flight, sessions, queue, lost, connections, jobs, process }
    }

    /// Counts a request to the cache.
    pub(crate) fn looked(&self, looked: Looked) {
        self.cache[looked as usize].inc();
    }
}

impl Gateway {
    /// Whether the actor may read [`Gateway::metrics`]. Who asks where no key is needed is nobody's business.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused).
    pub async fn may_read_metrics(&self, actor: &Actor) -> Result<()> {
        self.allow(actor, Action::ReadMetrics, "metrics/read", "").await
    }

    /// All metrics as text (`OpenMetrics` 1.0, [`MEDIA_TYPE`]). `sessions` is how many legacy MCP sessions the doors keep
    /// in memory.
    #[must_use]
    pub async fn metrics(&self, sessions: usize) -> String {
        let metrics = &self.metrics;
        set(&metrics.in_flight, self.limits.running());
        set(&metrics.sessions, sessions);
        set(&metrics.queue, self.trail.waiting());
        metrics.lost.inner().store(self.trail.lost(), Ordering::Relaxed);
        let connections = self.storage.connections();
        for (state, count) in [("in_use", connections.in_use), ("idle", connections.idle)] {
            set(&metrics.connections.get_or_create(&StateLabel { state }), count);
        }
        self.count_jobs().await;
        if let Some(process) = &metrics.process {
            process.measure();
        }
        let mut text = String::new();
        if let Err(error) = text::encode(&mut text, &metrics.registry) {
            tracing::error!(%error, "the metrics cannot be written");
        }
        text
    }

    /// Where the database does not answer, no number is better than an old one.
    async fn count_jobs(&self) {
        let jobs = &self.metrics.jobs;
        jobs.clear();
        if let Ok(Ok(counted)) = tokio::time::timeout(COUNT_PATIENCE, self.queue.count()).await {
            for (state, count) in counted {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                jobs.get_or_create(&StateLabel { state: state.as_str() }).set(count);
            }
        }
    }
}

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}
