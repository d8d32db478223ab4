//! Connected sources: made when their definition appears or changes, closed after their last call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use puente_bus::{Bus, Hint};
use puente_domain::{
    Name, SourceId,
    catalog::{SourceKind, SourceRecord},
};
use puente_rates::Rates;
use puente_sources::{Connector, Egress, Source, SourceError, SourceEvent};
use tokio::sync::{Notify, broadcast::error::RecvError};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::circuit::Circuit;

use super::{
    Rows,
    definition::{Defined, define},
    gate::Gate,
    offered::Offered,
    secrets::Secrets,
    tool_settings::Look,
};

/// How long a new source may take to make its first offer before the catalog goes on without it.
const SETTLE: Duration = Duration::from_secs(1);
/// How long a source that was replaced may go on with its last calls.
const LINGER: Duration = Duration::from_mins(5);

/// A source that calls can go to.
pub(crate) struct Connection {
    pub(crate) name: Name,
    pub(crate) source: Arc<dyn Source>,
    /// Where its tools' limits are counted.
    pub(crate) rates: Rates,
    /// See [`Defined::fingerprint`].
    pub(crate) fingerprint: [u8; 32],
    /// Whether calls go to it.
    pub(crate) circuit: Circuit,
    /// Counts calls under way.
    pub(crate) calls: TaskTracker,
    closed: CancellationToken,
}

/// A source of the catalog, connected or not.
pub(crate) struct LiveSource {
    pub(crate) record: SourceRecord,
    pub(crate) connection: Result<Arc<Connection>, String>,
    pub(crate) looks: HashMap<String, Look>,
    gate: Gate,
    offered: Mutex<Option<Arc<Offered>>>,
}

impl LiveSource {
    /// See [`Gate::is_first_sight`].
    pub(crate) fn is_first_sight(&self) -> bool {
        self.gate.is_first_sight()
    }

    /// What it offers now; made anew only when the offer is another one.
    pub(crate) fn offered(&self) -> Option<Arc<Offered>> {
        let connection = self.connection.as_ref().ok()?;
        let offer = connection.source.offer();
        let mut known = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(offered) = known.as_ref().filter(|offered| Arc::ptr_eq(&offered.offer, &offer)) {
            return Some(offered.clone());
        }
        let offered = Arc::new(Offered::new(connection, &self.looks, &self.gate, offer, known.as_deref()));
        *known = Some(offered.clone());
        Some(offered)
    }
}

/// The connected sources, by id.
#[derive(Default)]
pub(crate) struct Live {
    sources: HashMap<SourceId, Arc<LiveSource>>,
}

/// What making sources needs.
pub(crate) struct Workshop<'a> {
    pub(crate) connectors: &'a HashMap<SourceKind, Arc<dyn Connector>>,
    pub(crate) egress: &'a Arc<Egress>,
    pub(crate) bus: &'a Bus,
    pub(crate) rates: &'a Rates,
    pub(crate) offer_changed: &'a Arc<Notify>,
}

impl Live {
    /// Makes what is new, keeps what is the same, and returns what is not needed any more.
    pub(crate) async fn update(
        &mut self,
        rows: &Rows,
        secrets: &Secrets,
        workshop: &Workshop<'_>,
    ) -> Vec<Arc<Connection>> {
        let mut before = std::mem::take(&mut self.sources);
        let mut retired = Vec::new();
        for source in rows.catalog.sources.iter().filter(|source| source.enabled) {
            let earlier = before.remove(&source.id);
            let next = workshop.make(rows, source, secrets, earlier.as_deref());
            if let Some(Ok(connection)) = earlier.as_ref().map(|earlier| &earlier.connection)
                && !next.connection.as_ref().is_ok_and(|next| Arc::ptr_eq(next, connection))
            {
                retired.push(connection.clone());
            }
            self.sources.insert(source.id, Arc::new(next));
        }
        retired.extend(before.into_values().filter_map(|source| source.connection.clone().ok()));
        self.settle(rows).await;
        retired
    }

    /// In the order of their names.
    pub(crate) fn sorted(&self) -> Vec<Arc<LiveSource>> {
        let mut sources: Vec<_> = self.sources.values().cloned().collect();
        sources.sort_by(|a, b| a.record.name.cmp(&b.record.name));
        sources
    }

    /// Waits for first offers, so that a list right after an edit is complete. A source that is down does not hold up
    /// the others for longer than [`SETTLE`].
    async fn settle(&self, rows: &Rows) {
        let expected = |source: &LiveSource| match source.record.kind {
            SourceKind::Sql | SourceKind::Http => rows.catalog.tools.iter().any(|tool| tool.source == source.record.id),
            SourceKind::Files => false,
            SourceKind::Mcp => true,
        };
        let waiting = self.sources.values().filter(|source| expected(source)).filter_map(|source| {
            let source = source.connection.as_ref().ok()?.source.clone();
            Some(async move {
                let mut changes = source.changes();
                loop {
                    let offer = source.offer();
                    let empty = offer.tools.is_empty() && offer.problems.is_empty();
                    if !(empty || offer.provisional) || changes.changed().await.is_err() {
                        return;
                    }
                }
            })
        });
        let _ = tokio::time::timeout(SETTLE, futures::future::join_all(waiting)).await;
    }

    /// Closes all of them.
    pub(crate) async fn close(&mut self) {
        let connections =
            std::mem::take(&mut self.sources).into_values().filter_map(|source| source.connection.clone().ok());
        futures::future::join_all(connections.map(Connection::close)).await;
    }
}

impl Workshop<'_> {
    fn make(&self, rows: &Rows, record: &SourceRecord, secrets: &Secrets, earlier: Option<&LiveSource>) -> LiveSource {
        let (defined, problems) = define(record, &rows.tools_of(record.id), secrets, self.egress);
        for (path, message) in &problems {
            tracing::warn!(source = %record.name, path, message, "a part of the catalog cannot be used");
        }
        let broken = |message: String| LiveSource {
            record: record.clone(),
            connection: Err(message),
            looks: HashMap::new(),
            gate: Gate::default(),
            offered: Mutex::default(),
        };
        let gate = Gate::new(rows, record);
        let Ok(Defined { definition, looks, fingerprint }) = defined else {
            return broken(
                problems.into_iter().map(|(path, message)| format!("{path}: {message}")).collect::<Vec<_>>().join("; "),
            );
        };
        if let Some(earlier) = earlier
            && let Ok(connection) = &earlier.connection
            && connection.fingerprint == fingerprint
        {
            let offered = earlier.offered.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let offered = offered.filter(|_| earlier.gate == gate);
            return LiveSource {
                record: record.clone(),
                connection: Ok(connection.clone()),
                looks,
                gate,
                offered: Mutex::new(offered),
            };
        }
        let Some(connector) = self.connectors.get(&record.kind) else {
            return broken(format!("this Puente has no sources of type {}", record.kind.as_str()));
        };
        match connector.connect(definition) {
            Ok(source) => {
                tracing::info!(source = %record.name, "connecting");
                let connection = self.connection(record, source, fingerprint);
                LiveSource {
                    record: record.clone(),
                    connection: Ok(connection),
                    looks,
                    gate,
                    offered: Mutex::default(),
                }
            }
            Err(error) => {
                tracing::error!(source = %record.name, error = &error as &dyn std::error::Error, "a source cannot work");
                broken(error.to_string())
            }
        }
    }

    fn connection(&self, record: &SourceRecord, source: Arc<dyn Source>, fingerprint: [u8; 32]) -> Arc<Connection> {
        let closed = CancellationToken::new();
        let (changes, events) = (source.changes(), source.events());
        tokio::spawn(closed.clone().run_until_cancelled_owned(watch(changes, self.offer_changed.clone())));
        if let Some(events) = events {
            let forward = forward(events, record.name.to_string(), self.bus.clone());
            tokio::spawn(closed.clone().run_until_cancelled_owned(forward));
        }
        Arc::new(Connection {
            name: record.name.clone(),
            source,
            rates: self.rates.clone(),
            fingerprint,
            circuit: Circuit::default(),
            calls: TaskTracker::new(),
            closed,
        })
    }
}

impl Connection {
    /// Makes a call, counted as under way, if the circuit is closed; notes how it went.
    pub(crate) async fn through<T>(
        &self,
        call: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let _counted = self.calls.token();
        let pass = self.circuit.enter().map_err(|left| {
            let seconds = left.as_secs() + 1;
            // `Failed`, because it was logged when the circuit opened.
            SourceError::failed(format!(
                "source '{}' is not available: its last calls failed; it is tried again in {seconds} s",
                self.name
            ))
        })?;
        let outcome = call.await;
        pass.note(self.name.as_str(), &outcome);
        outcome
    }

    /// Closes it once its calls are done.
    pub(crate) async fn close(self: Arc<Self>) {
        self.closed.cancel();
        self.calls.close();
        if tokio::time::timeout(LINGER, self.calls.wait()).await.is_err() {
            tracing::warn!(source = %self.name, "closing a source in the middle of calls");
        }
        self.source.close().await;
    }
}

async fn watch(mut changes: tokio::sync::watch::Receiver<()>, offer_changed: Arc<Notify>) {
    while changes.changed().await.is_ok() {
        offer_changed.notify_one();
    }
}

async fn forward(mut events: tokio::sync::broadcast::Receiver<SourceEvent>, source: String, bus: Bus) {
    loop {
        match events.recv().await {
            Ok(SourceEvent::ResourceUpdated { uri }) => {
                bus.publish(Hint::ResourceUpdated { source: source.clone(), uri });
            }
            Err(RecvError::Lagged(missed)) => tracing::warn!(source, missed, "events of a source came too fast"),
            Err(RecvError::Closed) => return,
        }
    }
}
