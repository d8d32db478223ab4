use axum::extract::State;

use super::SourceBody;
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Read a source
///
/// Needs the role editor.
#[utoipa::path(
    get, path = "/{source}", tag = "sources", params(("source" = String, Path, description = "Name")),
    responses((status = OK, body = SourceBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<Tagged<SourceBody>, Problem> {
    let source = state.gateway.source(&actor, &source).await?;
    Ok(Tagged(source.version, source.into()))
}
