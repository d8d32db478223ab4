use axum::extract::State;
use http::header;

use crate::{
    ApiState,
    extract::{Authenticated, Path},
    problem::{Problem, Problems},
};

/// Draft tools for a source
///
/// Reads the schema of its system and proposes tools, as a catalog file for review. Needs the role editor.
#[utoipa::path(
    post, path = "/{source}/draft", tag = "sources", params(("source" = String, Path, description = "Name")),
    responses((status = OK, body = String, content_type = "application/yaml"), Problems)
)]
pub(super) async fn draft(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
) -> Result<([(header::HeaderName, &'static str); 1], String), Problem> {
    let yaml = state.gateway.source_draft(&actor, &source).await?;
    Ok(([(header::CONTENT_TYPE, "application/yaml")], yaml))
}
