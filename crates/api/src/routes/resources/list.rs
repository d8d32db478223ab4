use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::ResourceBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// All resources of a source.
#[derive(Serialize, ToSchema)]
pub(super) struct Resources {
    /// By name.
    items: Vec<ResourceBody>,
}

/// List a source's static resources
///
/// Needs the role editor.
#[utoipa::path(
    get, path = "", tag = "resources", params(("source" = String, Path, description = "Name of the source")),
    responses((status = OK, body = Resources), Problems)
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<Json<Resources>, Problem> {
    let (_, resources) = state.gateway.prompts_and_resources(&actor, &source).await?;
    Ok(Json(Resources { items: resources.into_iter().map(ResourceBody::from).collect() }))
}
