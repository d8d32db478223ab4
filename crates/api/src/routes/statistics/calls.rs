use std::collections::BTreeMap;

use axum::extract::State;
use puente_domain::Timestamp;
use puente_gateway::audit::{Statistics, TargetStatistics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    extract::{Authenticated, Json, Query},
    problem::{Problem, Problems},
};

/// Since when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// From this moment on.
    #[param(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// Tool calls since a moment.
#[derive(Serialize, ToSchema)]
pub(super) struct CallStatistics {
    /// How many, refused ones too; 100,000 means at least so many.
    calls: u64,
    /// How many, by outcome.
    outcomes: BTreeMap<&'static str, u64>,
    /// The most called first, at most 100.
    targets: Vec<ToolCalls>,
    /// Audit rows that were given up since the start (`AUDIT_ON_FAILURE=continue`).
    audit_lost: u64,
}

/// Calls of one tool.
#[derive(Serialize, ToSchema)]
pub(super) struct ToolCalls {
    /// `source.tool`.
    target: String,
    /// How many calls.
    calls: u64,
    /// How many of them did not end well.
    errors: u64,
    /// The mean wall time in microseconds.
    mean_us: u64,
}

impl From<TargetStatistics> for ToolCalls {
    fn from(statistics: TargetStatistics) -> Self {
        let TargetStatistics { target, calls, errors, mean_us } = statistics;
        Self { target, calls, errors, mean_us }
    }
}

impl From<Statistics> for CallStatistics {
    fn from(statistics: Statistics) -> Self {
        Self {
            calls: statistics.calls,
            outcomes: statistics.outcomes.into_iter().map(|(outcome, calls)| (outcome.as_str(), calls)).collect(),
            targets: statistics.targets.into_iter().map(ToolCalls::from).collect(),
            audit_lost: statistics.audit_lost,
        }
    }
}

/// Count tool calls
///
/// Needs the role editor.
#[utoipa::path(
    get, path = "/calls", tag = "statistics", params(Since),
    responses((status = OK, body = CallStatistics), Problems)
)]
pub(super) async fn calls(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Query(Since { since }): Query<Since>,
) -> Result<Json<CallStatistics>, Problem> {
    Ok(Json(state.gateway.statistics(&actor, since).await?.into()))
}
