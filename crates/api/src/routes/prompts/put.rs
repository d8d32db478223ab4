use axum::extract::State;
use puente_domain::Name;
use puente_gateway::catalog::file::PromptEntry;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::PromptBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What a prompt is made of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromptContent)]
pub(super) struct Body {
    /// For agents.
    #[serde(default)]
    description: String,
    /// Arguments and messages, as in a catalog file.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// Add or replace a prompt
///
/// Needs the role editor.
#[utoipa::path(
    put, path = "/{prompt}", tag = "prompts", request_body = Body,
    params(("source" = String, Path, description = "Name of the source"), ("prompt" = String, Path, description = "Name")),
    responses((status = OK, body = PromptBody), Problems)
)]
pub(super) async fn put(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, name)): Path<(String, Name)>,
    Json(body): Json<Body>,
) -> Result<Json<PromptBody>, Problem> {
    let entry = PromptEntry { name, description: body.description, settings: body.settings };
    Ok(Json(state.gateway.put_prompt(&actor, &source, entry).await?.into()))
}
