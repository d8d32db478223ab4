//! `/metrics`: for administrators, and without a key on a listener of its own.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;
use puente_gateway::metrics::MEDIA_TYPE;

use crate::{
    ApiState,
    extract::Authenticated,
    problem::{Kind, Problem},
};

/// For the door that everyone may knock at.
pub(crate) fn router() -> Router<ApiState> {
    Router::new().route("/metrics", get(for_administrators))
}

/// For `METRICS_ADDR`: no key is asked for, and there is nothing else.
pub fn metrics_router(state: ApiState) -> Router {
    Router::new().route("/metrics", get(for_everyone)).fallback(not_found).with_state(state)
}

async fn for_administrators(
    Authenticated(actor): Authenticated,
    State(state): State<ApiState>,
) -> Result<Response, Problem> {
    state.gateway.may_read_metrics(&actor).await?;
    Ok(for_everyone(State(state)).await)
}

async fn for_everyone(State(state): State<ApiState>) -> Response {
    ([(header::CONTENT_TYPE, MEDIA_TYPE)], state.gateway.metrics(state.mcp.sessions()).await).into_response()
}

async fn not_found() -> Problem {
    Problem::new(Kind::NotFound, "there is only /metrics here")
}
