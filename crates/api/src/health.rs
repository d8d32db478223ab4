//! Whether this replica lives, and wants requests. No token is needed, so the answers say little.

use axum::{
    Router,
    extract::{Request, State},
    routing::get,
};
use http::{StatusCode, request::Parts};
use puente_gateway::{Action, identity::Door, policy::decide};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Json, authenticate_at},
    routes::SourceStatus,
};

/// How it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, `stopping` or `unavailable`.
    status: &'static str,
    /// The version of Puente.
    version: &'static str,
    /// How the sources are, for those who may see the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Vec<SourceStatus>>,
}

pub(crate) fn router() -> Router<ApiState> {
    Router::new().route("/health", get(ready)).route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// Answers as long as the process does.
async fn live() -> Json<Health> {
    Json(health("healthy"))
}

/// 503 once it stops, while the database does not answer, and while every call is refused because the audit trail cannot
/// be written. A source that is down does not matter here.
async fn ready(State(state): State<ApiState>, request: Request) -> (StatusCode, Json<Health>) {
    if state.readiness.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health("stopping")));
    }
    match state.gateway.ping().await {
        Ok(()) if state.gateway.audit_fails() => (StatusCode::SERVICE_UNAVAILABLE, Json(health("unavailable"))),
        Ok(()) => {
            let (parts, _) = request.into_parts();
            (StatusCode::OK, Json(Health { sources: sources(&state, &parts).await, ..health("healthy") }))
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(health("unavailable")))
        }
    }
}

/// Details for a token that may see them; whoever has none, or another, learns no less than without it.
async fn sources(state: &ApiState, parts: &Parts) -> Option<Vec<SourceStatus>> {
    let actor = authenticate_at(Door::Api, parts, state).await.ok().flatten()?;
    decide(&actor.principal, Action::ReadCatalog).ok()?;
    let sources = state.gateway.sources_health(&actor).await.ok()?;
    Some(sources.into_iter().map(SourceStatus::from).collect())
}

fn health(status: &'static str) -> Health {
    Health { status, version: env!("CARGO_PKG_VERSION"), sources: None }
}
