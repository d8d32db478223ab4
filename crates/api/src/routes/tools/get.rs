use axum::extract::State;

use super::ToolBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Read a tool
///
/// Needs the role editor.
#[utoipa::path(
    get, path = "/{tool}", tag = "tools",
    params(("source" = String, Path, description = "Name of the source"), ("tool" = String, Path, description = "Name")),
    responses((status = OK, body = ToolBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path((source, tool)): Path<(String, String)>,
) -> Result<Tagged<ToolBody>, Problem> {
    let tool = state.gateway.tool(&actor, &source, &tool).await?;
    Ok(Tagged(tool.version, tool.into()))
}
