//! Calls of tools whose results are kept: equal calls share one flight.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use puente_cache::{Answer, Filled, Key};
use puente_domain::audit;
use puente_mcp::{Client, Outcome, ToolResult};
use puente_sources::{CacheScope, CacheSettings};
use rmcp::model::{ContentBlock, JsonObject};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::{
    Caller, Gateway, audit::Scope, catalog::CatalogTool, failure::Failure, metrics::Looked, traced, work::Work,
};

impl Gateway {
    /// Answers from the cache, or from a flight that the source is called in once for all who wait.
    pub(crate) async fn call_through_cache(
        &self,
        work: Work,
        settings: CacheSettings,
        caller: &Caller,
        canonical: &str,
        scope: &mut Scope,
    ) -> Result<Outcome<ToolResult>, Failure> {
        let key = cache_key(&work.tool, settings.scope, caller, canonical);
        let (cancel, started) = (work.cancel.clone(), Instant::now());
        let took = Arc::new(AtomicU64::new(0));
        let filling = took.clone();
        let answer = self.cache.get_or_fill(key, settings.ttl, |cancel| traced::go_on(fill(work, cancel, filling)));
        let answer = tokio::select! {
            biased;
            answer = answer => answer,
            () = cancel.cancelled() => {
                let message = puente_sources::SourceError::Cancelled.to_string();
                return Err(Failure::Tool { message, outcome: audit::Outcome::Cancelled });
            }
        };
        match answer {
            Answer::Kept(value) => {
                scope.looked(Looked::Hit);
                decode(&value)
            }
            Answer::Flown { outcome, led } => {
                let waited = if led { Duration::from_micros(took.load(Ordering::Relaxed)) } else { started.elapsed() };
                scope.source_took(waited);
                scope.looked(if led { Looked::Miss } else { Looked::Shared });
                decode(&outcome?)
            }
            Answer::Lost => Err(Failure::Protocol(puente_mcp::McpError::Internal)),
        }
    }
}

/// Everything that the result depends on.
fn cache_key(tool: &CatalogTool, scope: CacheScope, caller: &Caller, canonical: &str) -> Key {
    let principal = &caller.actor.principal;
    let whose = match scope {
        CacheScope::Principal => format!("{:?}", principal.subject),
        CacheScope::Team => {
            format!("{} {} {:?} {:?}", caller.server, principal.role, principal.teams, principal.scopes)
        }
        CacheScope::Public => String::new(),
    };
    let revision = &tool.connection.fingerprint[..];
    Key::new("result", &[revision, tool.name.as_bytes(), whose.as_bytes(), canonical.as_bytes()])
}

/// The flight: nobody's client, nobody's cancellation.
async fn fill(work: Work, cancel: CancellationToken, took: Arc<AtomicU64>) -> Result<Filled, Failure> {
    let work = Work { client: Client::silent(work.client.era), cancel, ..work };
    let (result, time) = work.run().await;
    took.store(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    match result? {
        Outcome::Complete(result) => {
            let keep = !result.is_error;
            Ok(Filled { value: encode(&result), keep })
        }
        Outcome::InputRequired(_) | Outcome::Task(_) => {
            Err(Failure::tool("a tool whose results are cached cannot ask its caller; its `cache` must be removed"))
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    content: Vec<ContentBlock>,
    raw_content: Option<Box<RawValue>>,
    structured: Option<Box<RawValue>>,
    is_error: bool,
    meta: Option<JsonObject>,
}

fn encode(result: &ToolResult) -> Bytes {
    #[derive(Serialize)]
    struct Keeping<'a> {
        content: &'a [ContentBlock],
        raw_content: Option<&'a RawValue>,
        structured: Option<&'a RawValue>,
        is_error: bool,
        meta: Option<&'a JsonObject>,
    }
    let ToolResult { content, raw_content, structured, is_error, meta } = result;
    let keeping = Keeping {
        content,
        raw_content: raw_content.as_deref(),
        structured: structured.as_deref(),
        is_error: *is_error,
        meta: meta.as_ref(),
    };
    serde_json::to_vec(&keeping).unwrap_or_default().into()
}

fn decode(value: &[u8]) -> Result<Outcome<ToolResult>, Failure> {
    let kept: Kept = serde_json::from_slice(value).map_err(|error| {
        tracing::error!(%error, "a cached result cannot be read");
        Failure::Protocol(puente_mcp::McpError::Internal)
    })?;
    let Kept { content, raw_content, structured, is_error, meta } = kept;
    Ok(Outcome::Complete(ToolResult { content, raw_content, structured, is_error, meta }))
}
