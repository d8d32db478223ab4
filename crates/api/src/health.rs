//! Whether this replica lives, and wants requests. No token is needed, so the answers say little.

use axum::{Router, extract::State, routing::get};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiState, extract::Json};

/// How it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`, `stopping` or `unavailable`.
    status: &'static str,
    /// The version of Puente.
    version: &'static str,
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
async fn ready(State(state): State<ApiState>) -> (StatusCode, Json<Health>) {
    if state.readiness.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(health("stopping")));
    }
    match state.gateway.ping().await {
        Ok(()) if state.gateway.audit_fails() => (StatusCode::SERVICE_UNAVAILABLE, Json(health("unavailable"))),
        Ok(()) => (StatusCode::OK, Json(health("healthy"))),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(health("unavailable")))
        }
    }
}

fn health(status: &'static str) -> Health {
    Health { status, version: env!("CARGO_PKG_VERSION") }
}
