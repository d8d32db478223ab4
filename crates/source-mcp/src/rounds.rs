//! Runs a request to its answer, or to what the upstream wants to know first.
//!
//! A modern upstream ends a round itself (`input_required`) and is called again. A legacy one asks while the call is
//! open: then the call is [parked] and goes on in the next round, in this process.

mod ask;
mod drive;
pub(crate) mod parked;

use std::collections::BTreeMap;

use http::HeaderValue;
use puente_domain::Principal;
use puente_mcp::{Client, Era, InputRequired, Inputs};
use puente_sources::SourceError;
use rmcp::model::{ClientCapabilities, InputRequest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

pub(crate) use ask::{everything, of_client};
use drive::{Running, Step};
use parked::Parked;

use crate::{
    error::LinkError,
    pool::{Lease, Pool},
    session::Manner,
    settings::Ask,
};

/// A request of the gateway.
pub(crate) struct Request<'a, P> {
    /// `tools/call`, `resources/read` or `prompts/get`.
    pub(crate) method: &'static str,
    /// Serialises as an object.
    pub(crate) params: P,
    /// What `Mcp-Name` repeats.
    pub(crate) name: &'a str,
    /// `Mcp-Param-…`.
    pub(crate) headers: Vec<(String, HeaderValue)>,
    pub(crate) inputs: &'a Inputs,
    pub(crate) principal: &'a Principal,
    pub(crate) client: &'a Client,
    pub(crate) cancel: &'a CancellationToken,
    pub(crate) deadline: Instant,
    pub(crate) max_bytes: usize,
}

/// How a round ends.
pub(crate) enum Round {
    /// The result, as the upstream wrote it.
    Result(Box<RawValue>),
    /// The client must answer first.
    Input(InputRequired),
}

/// What runs rounds.
pub(crate) struct Rounds {
    pub(crate) pool: std::sync::Arc<Pool>,
    /// What the upstream may ask for.
    pub(crate) ask: Vec<Ask>,
    pub(crate) parked: Parked,
}

impl Rounds {
    /// Runs one round, no longer than its deadline. What is given up is given up at the upstream, too.
    pub(crate) async fn run<P: Serialize + Sync>(&self, request: Request<'_, P>) -> Result<Round, SourceError> {
        let limit = request.deadline.saturating_duration_since(Instant::now());
        let (cancel, deadline) = (request.cancel, request.deadline);
        tokio::select! {
            biased;
            round = self.round(&request) => round,
            () = cancel.cancelled() => Err(SourceError::Cancelled),
            () = sleep_until(deadline) => {
                Err(SourceError::TimedOut { limit_ms: u64::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(u64::MAX) })
            }
        }
    }

    async fn round<P: Serialize + Sync>(&self, request: &Request<'_, P>) -> Result<Round, SourceError> {
        let failed = |error: LinkError| error.into_source_error(&self.pool.target.name);
        let mut running = match &request.inputs.state {
            Some(state) if Parked::is_ours(state) => {
                let running = self.parked.take(state, request.principal.subject)?;
                match running.unanswered(&request.inputs.responses) {
                    missing if missing.is_empty() => {}
                    missing => return self.park(running, missing, request).map(Round::Input),
                }
                running.answer(&request.inputs.responses).await.map_err(failed)?
            }
            _ => self.start(request).await.map_err(failed)?,
        };
        match running.drive(request.client).await.map_err(failed)? {
            Step::Asked(requests) => self.park(running, requests, request).map(Round::Input),
            Step::Answer(result) => finished(running.era(), result).map_err(failed),
        }
    }

    /// Sends it. A session that had ended before it was carried out is replaced, once.
    async fn start<P: Serialize + Sync>(&self, request: &Request<'_, P>) -> Result<Running, LinkError> {
        let capabilities = of_client(request.client, &self.ask);
        let mut again = true;
        loop {
            let lease = self.pool.lease(request.principal.subject, &capabilities).await?;
            match send(&lease, request, &capabilities).await {
                Ok(exchange) => return Ok(Running::new(exchange, lease)),
                Err(error) if error.may_resend() && again => again = false,
                Err(error) => return Err(error),
            }
        }
    }

    fn park<P>(
        &self,
        running: Running,
        requests: BTreeMap<String, InputRequest>,
        request: &Request<'_, P>,
    ) -> Result<InputRequired, SourceError> {
        let state = self.parked.park(running, request.principal.subject, request.client, request.cancel)?;
        Ok(InputRequired { requests, state: Some(state) })
    }
}

async fn send<P: Serialize + Sync>(
    lease: &Lease,
    request: &Request<'_, P>,
    capabilities: &ClientCapabilities,
) -> Result<crate::link::Exchange, LinkError> {
    let manner = Manner {
        capabilities,
        progress: request.client.wants_progress(),
        level: request.client.log_level(),
        max_bytes: request.max_bytes,
        name: request.name,
        headers: &request.headers,
    };
    match lease.session.era() {
        Era::Legacy => lease.session.send(request.method, &request.params, manner).await,
        Era::Modern => lease.session.send(request.method, &with_inputs(&request.params, request.inputs), manner).await,
    }
}

/// What a modern upstream gets from an earlier round.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WithInputs<'a, P> {
    #[serde(flatten)]
    params: &'a P,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    input_responses: &'a BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_state: Option<&'a str>,
}

/// Where the state of a modern upstream is in ours.
const UPSTREAM: &str = "upstream";

fn with_inputs<'a, P>(params: &'a P, inputs: &'a Inputs) -> WithInputs<'a, P> {
    let request_state = inputs.state.as_ref().and_then(|state| state[UPSTREAM].as_str());
    WithInputs { params, input_responses: &inputs.responses, request_state }
}

/// A result of the modern era may be none yet.
fn finished(era: Era, result: Box<RawValue>) -> Result<Round, LinkError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kind {
        result_type: Option<String>,
        #[serde(default)]
        input_requests: BTreeMap<String, InputRequest>,
        request_state: Option<String>,
    }
    if era == Era::Legacy {
        return Ok(Round::Result(result));
    }
    let kind: Kind = serde_json::from_str(result.get()).map_err(|error| LinkError::Garbage(error.into()))?;
    match kind.result_type.as_deref() {
        None | Some("complete") => Ok(Round::Result(result)),
        Some("input_required") => {
            let state = kind.request_state.map(|state| json!({ UPSTREAM: state }));
            Ok(Round::Input(InputRequired { requests: kind.input_requests, state }))
        }
        Some(other) => Err(LinkError::garbage(format!("a result of type {other:?} was not asked for"))),
    }
}
