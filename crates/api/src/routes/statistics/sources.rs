use std::time::Duration;

use axum::extract::State;
use puente_gateway::{CircuitState, SourceHealth, SourceState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// How all sources are.
#[derive(Serialize, ToSchema)]
pub(super) struct Sources {
    /// By name.
    items: Vec<SourceStatus>,
}

/// How a source is.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceStatus {
    /// Its name.
    name: String,
    /// `ready`, `waiting` (its system may be down), `failing` (its last calls failed), `broken` or `disabled`.
    state: &'static str,
    /// How many tools it offers.
    tools: usize,
    /// What keeps it, or some of what it offers, from being used.
    problems: Vec<String>,
    /// Calls that failed since the last answer; 0 where it is not connected.
    failures: u32,
    /// Milliseconds since its system answered a call of this replica.
    answered_ms_ago: Option<u64>,
    /// Milliseconds since a call failed because its system was not there.
    failed_ms_ago: Option<u64>,
    /// What that call was told.
    failure: Option<String>,
    /// Milliseconds until it is tried again, while it is left alone.
    retry_in_ms: Option<u64>,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<SourceHealth> for SourceStatus {
    fn from(health: SourceHealth) -> Self {
        let mut problems = health.problems;
        let state = match health.state {
            SourceState::Ready => "ready",
            SourceState::Waiting => "waiting",
            SourceState::Failing => "failing",
            SourceState::Disabled => "disabled",
            SourceState::Broken(problem) => {
                problems.push(problem);
                "broken"
            }
        };
        let circuit = health.circuit.as_ref();
        let failed = circuit.and_then(|circuit| circuit.failed.clone());
        Self {
            name: health.name.into(),
            state,
            tools: health.tools,
            problems,
            failures: circuit.map_or(0, |circuit| circuit.failures),
            answered_ms_ago: circuit.and_then(|circuit| circuit.answered).map(millis),
            failed_ms_ago: failed.as_ref().map(|(ago, _)| millis(*ago)),
            failure: failed.map(|(_, message)| message),
            retry_in_ms: circuit.and_then(|circuit| match circuit.state {
                CircuitState::Open(left) => Some(millis(left)),
                CircuitState::Closed | CircuitState::Trying => None,
            }),
        }
    }
}

/// See how the sources are
///
/// Asks none of their systems. Needs the role editor.
#[utoipa::path(get, path = "/sources", tag = "statistics", responses((status = OK, body = Sources), Problems))]
pub(super) async fn sources(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Sources>, Problem> {
    let sources = state.gateway.sources_health(&actor).await?;
    Ok(Json(Sources { items: sources.into_iter().map(SourceStatus::from).collect() }))
}
