use axum::extract::State;
use puente_gateway::{SourceHealth, SourceState};
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
pub(super) struct SourceStatus {
    /// Its name.
    name: String,
    /// `ready`, `waiting` (its system may be down), `broken` or `disabled`.
    state: &'static str,
    /// How many tools it offers.
    tools: usize,
    /// What keeps it, or some of what it offers, from being used.
    problems: Vec<String>,
}

impl From<SourceHealth> for SourceStatus {
    fn from(health: SourceHealth) -> Self {
        let mut problems = health.problems;
        let state = match health.state {
            SourceState::Ready => "ready",
            SourceState::Waiting => "waiting",
            SourceState::Disabled => "disabled",
            SourceState::Broken(problem) => {
                problems.push(problem);
                "broken"
            }
        };
        Self { name: health.name.into(), state, tools: health.tools, problems }
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
