use axum::extract::State;
use puente_gateway::catalog::edit::SourceChange;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::SourceBody;
use crate::{
    ApiState,
    etag::{IfMatch, Tagged},
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceChanges)]
pub(super) struct Body {
    /// For people.
    description: Option<String>,
    /// All of the settings.
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
    /// Whether it is used.
    enabled: Option<bool>,
}

/// Change a source
///
/// If it connects elsewhere from then on, its secrets are deleted and must be given again. Needs the role editor.
#[utoipa::path(
    patch, path = "/{source}", tag = "sources", request_body = Body,
    params(("source" = String, Path, description = "Name"), ("If-Match" = String, Header)),
    responses((status = OK, body = SourceBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn update(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<Tagged<SourceBody>, Problem> {
    let Body { description, settings, enabled } = body;
    let change = SourceChange { description, settings, enabled };
    let source = state.gateway.update_source(&actor, &source, change, version).await?;
    Ok(Tagged(source.version, source.into()))
}
