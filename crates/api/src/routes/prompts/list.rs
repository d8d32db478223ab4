use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::PromptBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// All prompts of a source.
#[derive(Serialize, ToSchema)]
pub(super) struct Prompts {
    /// By name.
    items: Vec<PromptBody>,
}

/// List a source's prompts
///
/// Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "prompts", params(("source" = String, Path, description = "Name of the source")),
    responses((status = OK, body = Prompts), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<Json<Prompts>, Problem> {
    let (prompts, _) = state.gateway.prompts_and_resources(&actor, &source).await?;
    Ok(Json(Prompts { items: prompts.into_iter().map(PromptBody::from).collect() }))
}
