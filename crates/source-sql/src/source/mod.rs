//! The live source: offers its tools, runs them, and keeps its offer true in the background.

mod maintain;
mod offer;
mod route;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use puente_mcp::{Outcome, ToolResult};
use puente_sources::{Call, Checked, Offer, Source, SourceError};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout},
};

use self::route::Route;
use crate::{
    engine::{Engine, Run},
    identity::Claim,
    output::Limits,
    plan::Plan,
};

/// A database with tools.
pub(crate) struct SqlSource {
    inner: Arc<Inner>,
    upkeep: JoinHandle<()>,
}

/// Whether the tools of `explore` may run.
#[derive(Clone)]
enum ExploreState {
    /// Its database has not answered.
    Unknown,
    /// Its login is held back by its grants.
    Allowed,
    /// Its login is not, for this reason.
    Refused(String),
}

/// What the source and its upkeep share.
struct Inner {
    name: String,
    engine: Arc<dyn Engine>,
    explore_engine: Option<Arc<dyn Engine>>,
    /// One for each tool, in the order of the offer.
    routes: Vec<Route>,
    identity: Vec<(String, Claim)>,
    statement_timeout: Option<Duration>,
    /// Whether ad-hoc queries are safe under their login; unknown until the database has answered.
    explore_state: Mutex<ExploreState>,
    offer: RwLock<Arc<Offer>>,
    changed: watch::Sender<()>,
}

impl SqlSource {
    /// Starts it; connects in the background. Needs a Tokio runtime.
    pub(crate) fn start(name: String, plan: Plan) -> Result<Self, SourceError> {
        let open = |options| crate::engine::open(options).map_err(SourceError::Definition);
        let engine = open(plan.database.clone())?;
        let explore_engine = plan.explore.as_ref().map(|explore| open(explore.database.clone())).transpose()?;
        let routes = route::routes(plan.tools, plan.explore, &engine, explore_engine.as_ref());
        let inner = Arc::new(Inner {
            name,
            engine,
            explore_engine,
            explore_state: Mutex::new(ExploreState::Unknown),
            offer: RwLock::new(Arc::new(offer::unprepared(&routes))),
            routes,
            identity: plan.identity,
            statement_timeout: plan.statement_timeout,
            changed: watch::Sender::new(()),
        });
        let upkeep = tokio::spawn(maintain::maintain(Arc::clone(&inner)));
        Ok(Self { inner, upkeep })
    }
}

impl Inner {
    fn publish(&self, offer: Offer) {
        *self.offer.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(offer);
        self.changed.send_replace(());
    }

    fn set_explore_state(&self, state: ExploreState) {
        *self.explore_state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn allow_explore(&self) -> Result<(), SourceError> {
        match self.explore_state.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            ExploreState::Allowed => Ok(()),
            ExploreState::Refused(why) => Err(SourceError::failed(why)),
            ExploreState::Unknown => Err(SourceError::Unavailable {
                name: self.name.clone(),
                message: "the database has not answered yet".to_owned(),
                cause: None,
            }),
        }
    }

    async fn call(&self, call: Call<'_>) -> Result<ToolResult, SourceError> {
        let unknown = || puente_mcp::McpError::UnknownTool(call.tool.to_owned());
        let route = self.routes.iter().find(|route| route.name() == call.tool).ok_or_else(unknown)?;
        if route.is_explore() {
            self.allow_explore()?;
        }
        let (statement, values) = route.prepare(call.arguments).map_err(SourceError::failed)?;
        let longest = self.statement_timeout.map(|longest| Instant::now() + longest);
        let run = Run {
            statement: &statement,
            values,
            identity: self.identity.iter().map(|(name, claim)| (name.as_str(), claim.of(call.principal))).collect(),
            limits: Limits { rows: route.max_rows(), bytes: call.max_bytes },
            deadline: longest.map_or(call.deadline, |longest| longest.min(call.deadline)),
            cancel: call.cancel,
        };
        let json = route.engine().run(run).await.map_err(|error| error.into_source_error(&self.name))?;
        Ok(ToolResult::structured(json))
    }
}

#[async_trait]
impl Source for SqlSource {
    fn offer(&self) -> Arc<Offer> {
        Arc::clone(&self.inner.offer.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.inner.changed.subscribe()
    }

    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        self.inner.call(call).await.map(Outcome::Complete)
    }

    async fn test(&self, limit: Duration) -> Result<Checked, SourceError> {
        let started = Instant::now();
        let probes = async {
            let mut probe = self.inner.engine.probe().await?;
            if let Some(engine) = &self.inner.explore_engine {
                let explore = engine.probe().await?;
                probe.warnings.extend(explore.warnings.into_iter().map(|warning| format!("explore: {warning}")));
                probe.warnings.extend(explore.unrestricted.map(|why| format!("explore is refused: {why}")));
            }
            Ok::<_, crate::engine::EngineError>(probe)
        };
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let probe = timeout(limit, probes).await.map_err(|_| SourceError::TimedOut { limit_ms })?;
        let probe = probe.map_err(|error| error.into_source_error(&self.inner.name))?;
        Ok(Checked { system: probe.system, took: started.elapsed(), warnings: probe.warnings })
    }

    async fn close(&self) {
        self.upkeep.abort();
        self.inner.engine.close().await;
        if let Some(engine) = &self.inner.explore_engine {
            engine.close().await;
        }
    }
}

impl Drop for SqlSource {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}
