//! The live source.

mod maintain;
mod requests;
mod result;
mod subscribe;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use puente_mcp::{Era, Outcome, ToolResult};
use puente_sources::{Call, Checked, Completion, Offer, Prompt, Read, Source, SourceError, SourceEvent};
use rmcp::model::{CompletionInfo, GetPromptResult, ReadResourceResult};
use serde_json::json;
use tokio::{
    sync::{broadcast, mpsc, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::{
    error::LinkError,
    link::General,
    listing::Listing,
    plan::{Plan, ToolPlan},
    pool::Pool,
    rounds::{Rounds, everything, parked::Parked},
    session::Session,
};

/// How many changes wait to be told.
const EVENTS: usize = 256;

/// An upstream server.
pub(crate) struct McpSource {
    inner: Arc<Inner>,
    upkeep: JoinHandle<()>,
}

/// What the source and its upkeep share.
struct Inner {
    name: String,
    rounds: Rounds,
    plans: HashMap<String, ToolPlan>,
    listing: RwLock<Arc<Listing>>,
    changed: watch::Sender<()>,
    events: broadcast::Sender<SourceEvent>,
    /// Resources that somebody wants to hear of, and those that the upstream tells about.
    wanted: watch::Sender<BTreeSet<String>>,
    heard: watch::Sender<BTreeSet<String>>,
}

impl McpSource {
    /// Starts it; connects in the background. Needs a Tokio runtime.
    pub(crate) fn start(plan: Plan) -> Self {
        let Plan { target, ask, tools } = plan;
        let (general, generals) = mpsc::channel::<General>(EVENTS);
        let inner = Arc::new(Inner {
            name: target.name.clone(),
            rounds: Rounds { pool: Pool::new(target, general, everything(&ask)), ask, parked: Parked::default() },
            plans: tools,
            listing: RwLock::new(Arc::new(Listing {
                offer: Arc::new(Offer { provisional: true, ..Offer::default() }),
                ..Listing::default()
            })),
            changed: watch::Sender::new(()),
            events: broadcast::Sender::new(EVENTS),
            wanted: watch::Sender::default(),
            heard: watch::Sender::default(),
        });
        let upkeep = tokio::spawn(maintain::maintain(inner.clone(), generals));
        Self { inner, upkeep }
    }
}

impl Inner {
    fn listing(&self) -> Arc<Listing> {
        self.listing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, listing: Listing) {
        *self.listing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(listing);
        self.changed.send_replace(());
    }

    fn pool(&self) -> &Arc<Pool> {
        &self.rounds.pool
    }

    async fn ping(&self) -> Result<Arc<Session>, LinkError> {
        let session = self.pool().main().await?;
        let method = if session.era() == Era::Modern { "server/discover" } else { "ping" };
        session.fetch(method, &json!({})).await?;
        Ok(session)
    }
}

#[async_trait]
impl Source for McpSource {
    fn offer(&self) -> Arc<Offer> {
        self.inner.listing().offer.clone()
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.inner.changed.subscribe()
    }

    fn events(&self) -> Option<broadcast::Receiver<SourceEvent>> {
        Some(self.inner.events.subscribe())
    }

    async fn watch(&self, uri: &str) {
        self.inner.watch(uri).await;
    }

    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        self.inner.call(call).await
    }

    async fn read(&self, read: Read<'_>) -> Result<Outcome<ReadResourceResult>, SourceError> {
        self.inner.read(read).await
    }

    async fn prompt(&self, prompt: Prompt<'_>) -> Result<Outcome<GetPromptResult>, SourceError> {
        self.inner.prompt(prompt).await
    }

    async fn complete(&self, completion: Completion<'_>) -> Result<CompletionInfo, SourceError> {
        self.inner.complete(completion).await
    }

    async fn test(&self, limit: Duration) -> Result<Checked, SourceError> {
        let started = Instant::now();
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let pinged = timeout(limit, self.inner.ping()).await.map_err(|_| SourceError::TimedOut { limit_ms })?;
        let session = pinged.map_err(|error| error.into_source_error(&self.inner.name))?;
        let system = format!("{} (MCP {})", session.server, session.revision.as_str());
        Ok(Checked { system: system.trim().to_owned(), took: started.elapsed(), warnings: Vec::new() })
    }

    async fn close(&self) {
        self.upkeep.abort();
        self.inner.rounds.parked.clear();
        self.inner.pool().close();
    }
}

impl Drop for McpSource {
    fn drop(&mut self) {
        self.upkeep.abort();
        self.inner.pool().close();
    }
}
