use axum::extract::State;
use puente_gateway::catalog::edit::ToolChange;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ToolBody;
use crate::{
    ApiState,
    etag::{IfMatch, Tagged},
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ToolChanges)]
pub(super) struct Body {
    /// For agents.
    description: Option<String>,
    /// All of the settings.
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
    /// Whether it is offered.
    enabled: Option<bool>,
}

/// Change a tool
///
/// Needs the role editor.
#[utoipa::path(
    patch, path = "/{tool}", tag = "tools", request_body = Body,
    params(
        ("source" = String, Path, description = "Name of the source"),
        ("tool" = String, Path, description = "Name"),
        ("If-Match" = String, Header)
    ),
    responses((status = OK, body = ToolBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn update(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, tool)): Path<(String, String)>,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<Tagged<ToolBody>, Problem> {
    let Body { description, settings, enabled } = body;
    let change = ToolChange { description, settings, enabled };
    let tool = state.gateway.update_tool(&actor, &source, &tool, change, version).await?;
    Ok(Tagged(tool.version, tool.into()))
}
