//! The live source: offers its tools and runs them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use http::{HeaderMap, Method};
use puente_mcp::{McpError, Outcome, ToolResult};
use puente_sources::{Call, Checked, Offer, Outbound, Source, SourceError, ToolOffer};
use rmcp::model::Tool as McpTool;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use crate::{
    answer,
    auth::Auth,
    plan::{Base, Plan, Tool},
    request::{self, Prepared},
    wire::{Limits, Wire},
};

/// An API with tools.
pub(crate) struct HttpSource {
    name: String,
    wire: Wire,
    base: Option<Base>,
    health: Option<String>,
    max_response_bytes: usize,
    tools: HashMap<String, Tool>,
    offer: Arc<Offer>,
    changed: watch::Sender<()>,
    closed: CancellationToken,
}

impl HttpSource {
    /// Makes it; connections are opened when calls need them.
    ///
    /// # Errors
    /// [`SourceError::Definition`].
    pub(crate) fn new(name: &str, plan: Plan) -> Result<Self, SourceError> {
        let Plan { settings, base, origin, egress, tools } = plan;
        let outbound = Outbound::new(egress, origin, settings.connect_timeout);
        let auth = Auth::new(settings.auth.as_ref(), &outbound).map_err(SourceError::Definition)?;
        let wire = Wire::new(name, outbound, auth, &settings.headers, settings.retries);
        let mut offer = Offer { tools: tools.iter().map(offered).collect(), ..Offer::default() };
        if tools.is_empty() && settings.openapi.is_some() {
            let advice = "none of the document's operations is a tool yet: see `puente source sync`";
            offer.problems.push(advice.to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            wire: wire.map_err(SourceError::Definition)?,
            base,
            health: settings.health,
            max_response_bytes: settings.max_response_bytes,
            tools: tools.into_iter().map(|tool| (tool.name.clone(), tool)).collect(),
            offer: Arc::new(offer),
            changed: watch::Sender::new(()),
            closed: CancellationToken::new(),
        })
    }

    async fn run(&self, tool: &Tool, call: &Call<'_>) -> Result<ToolResult, SourceError> {
        let request = request::prepare(tool, call.arguments).map_err(SourceError::failed)?;
        let limits = Limits {
            repeatable: tool.effect.is_repeatable(),
            deadline: call.deadline,
            max_bytes: call.max_bytes.min(self.max_response_bytes),
        };
        let answer = self.wire.exchange(&request, limits).await?;
        answer::result(&self.name, &answer, tool.pick.as_ref())
    }
}

fn offered(tool: &Tool) -> ToolOffer {
    let mut mcp = McpTool::new(tool.name.clone(), tool.description.clone(), tool.input_schema.clone());
    mcp.title.clone_from(&tool.settings.title);
    mcp.output_schema.clone_from(&tool.output_schema);
    ToolOffer { tool: mcp, effect: tool.effect, settings: tool.settings.clone() }
}

#[async_trait]
impl Source for HttpSource {
    fn offer(&self) -> Arc<Offer> {
        self.offer.clone()
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        let tool = self.tools.get(call.tool).ok_or_else(|| McpError::UnknownTool(call.tool.to_owned()))?;
        let started = Instant::now();
        // Dropping the request closes its connection, so that the API can notice.
        tokio::select! {
            biased;
            () = call.cancel.cancelled() => Err(SourceError::Cancelled),
            () = self.closed.cancelled() => Err(SourceError::Cancelled),
            result = timeout_at(call.deadline, self.run(tool, &call)) => {
                let limit = call.deadline.saturating_duration_since(started);
                let late = |_| SourceError::TimedOut { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) };
                result.map_err(late)?.map(Outcome::Complete)
            }
        }
    }

    async fn test(&self, limit: Duration) -> Result<Checked, SourceError> {
        let started = Instant::now();
        let base = self.base.as_ref().ok_or_else(|| SourceError::Definition("`base_url` is missing".to_owned()))?;
        let request = Prepared {
            method: Method::GET,
            origin: base.origin.clone(),
            target: format!("{}/{}", base.path, self.health.as_deref().unwrap_or_default().trim_start_matches('/')),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
        };
        let limits = Limits { repeatable: false, deadline: started + limit, max_bytes: self.max_response_bytes };
        let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let answer = timeout_at(limits.deadline, self.wire.exchange(&request, limits)).await;
        let answer = answer.map_err(|_| SourceError::TimedOut { limit_ms })??;
        let status = answer.status.as_u16();
        if matches!(status, 502..=504) || (self.health.is_some() && !answer.status.is_success()) {
            let message = answer::describe(&answer);
            return Err(SourceError::Unavailable { name: self.name.clone(), message, cause: None });
        }
        let server = answer.headers.get("server").and_then(|server| server.to_str().ok());
        let refused = matches!(status, 401 | 403).then(|| "the API refuses these credentials".to_owned());
        Ok(Checked {
            system: server.map_or_else(|| "HTTP API".to_owned(), |server| format!("HTTP API ({server})")),
            took: started.elapsed(),
            warnings: refused.into_iter().collect(),
        })
    }

    async fn close(&self) {
        self.closed.cancel();
    }
}
