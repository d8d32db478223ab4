use axum::extract::State;
use http::StatusCode;
use puente_domain::Name;
use puente_gateway::catalog::edit::NewTool;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::ToolBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
    routes::on,
};

/// A new tool.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTool)]
pub(super) struct Body {
    /// Unique within its source: letters, digits, `_` and `-`.
    #[schema(value_type = String, example = "search_expenses")]
    name: Name,
    /// For agents.
    #[serde(default)]
    description: String,
    /// Everything else, as in a catalog file.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"sql": "SELECT id FROM expenses WHERE company_id = :company_id"}))]
    settings: Map<String, Value>,
    /// Whether it is offered.
    #[serde(default = "on")]
    enabled: bool,
}

/// Create a tool
///
/// Needs the role editor.
#[utoipa::path(
    post, path = "", tag = "tools", request_body = Body,
    params(("source" = String, Path, description = "Name of the source")),
    responses((status = CREATED, body = ToolBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Tagged<ToolBody>), Problem> {
    let Body { name, description, settings, enabled } = body;
    let tool = state.gateway.create_tool(&actor, &source, NewTool { name, description, settings, enabled }).await?;
    Ok((StatusCode::CREATED, Tagged(tool.version, tool.into())))
}
