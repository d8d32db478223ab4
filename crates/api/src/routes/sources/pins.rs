use axum::extract::State;
use puente_gateway::catalog::{PinChange, PinDiff};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// How a tool differs from what was accepted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Change {
    /// It was not there.
    Added,
    /// Its description or its schemas are others.
    Changed,
    /// It is not there any more.
    Removed,
}

/// A tool that differs from what was accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = ToolChange)]
pub(super) struct ChangeBody {
    /// The tool, by the upstream server's own name.
    tool: String,
    /// How it differs.
    change: Change,
    /// The accepted definition.
    #[schema(value_type = Option<Object>)]
    accepted: Value,
    /// The present definition.
    #[schema(value_type = Option<Object>)]
    offered: Value,
}

/// Tools that differ from what was accepted, by name.
#[derive(Serialize, ToSchema)]
#[schema(as = ToolChanges)]
pub(super) struct ChangesBody {
    items: Vec<ChangeBody>,
}

/// What to accept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptTools)]
pub(super) struct Accept {
    /// By the upstream server's own names; all that changed if empty.
    #[serde(default)]
    tools: Vec<String>,
}

impl From<Vec<PinDiff>> for ChangesBody {
    fn from(changes: Vec<PinDiff>) -> Self {
        Self { items: changes.into_iter().map(ChangeBody::from).collect() }
    }
}

impl From<PinDiff> for ChangeBody {
    fn from(diff: PinDiff) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let change = match diff.change {
            PinChange::Added => Change::Added,
            PinChange::Changed => Change::Changed,
            PinChange::Removed => Change::Removed,
        };
        Self { tool: diff.tool, change, accepted: json(diff.accepted), offered: json(diff.offered) }
    }
}

/// Compare an MCP server's tools with what was accepted
///
/// Changed tools are held back, or offered with a warning, as the source's `pin` says. Needs the role editor.
#[utoipa::path(
    get, path = "/{source}/pins", tag = "sources", params(("source" = String, Path, description = "Name")),
    responses((status = OK, body = ChangesBody), Problems)
)]
pub(super) async fn diff(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<Json<ChangesBody>, Problem> {
    Ok(Json(state.gateway.source_diff(&actor, &source).await?.into()))
}

/// Accept an MCP server's tools as they are now
///
/// Answers with what was different. Needs the role editor.
#[utoipa::path(
    post, path = "/{source}/pins", tag = "sources", params(("source" = String, Path, description = "Name")),
    request_body = Accept, responses((status = OK, body = ChangesBody), Problems)
)]
pub(super) async fn accept(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
    Json(body): Json<Accept>,
) -> Result<Json<ChangesBody>, Problem> {
    Ok(Json(state.gateway.source_accept(&actor, &source, &body.tools).await?.into()))
}
