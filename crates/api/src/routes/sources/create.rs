use axum::extract::State;
use http::StatusCode;
use puente_domain::Name;
use puente_gateway::catalog::edit::NewSource;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{KindBody, SourceBody};
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
    routes::on,
};

/// A new source.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSource)]
pub(super) struct Body {
    /// Unique: letters, digits, `_` and `-`.
    #[schema(value_type = String, example = "erp")]
    name: Name,
    /// How it speaks.
    r#type: KindBody,
    /// For people.
    #[serde(default)]
    description: String,
    /// As in a catalog file. Secrets are references to its own: `${secret:NAME.password}`.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"url": "postgresql://app:${secret:erp.password}@db/erp"}))]
    settings: Map<String, Value>,
    /// Whether it is used.
    #[serde(default = "on")]
    enabled: bool,
}

/// Create a source
///
/// What is wrong with it is told before it is saved; a system that is down is no reason against it. Needs the role
/// editor.
#[utoipa::path(
    post, path = "", tag = "sources", request_body = Body,
    responses((status = CREATED, body = SourceBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Tagged<SourceBody>), Problem> {
    let Body { name, r#type, description, settings, enabled } = body;
    let new = NewSource { name, kind: r#type.into(), description, settings, enabled };
    let source = state.gateway.create_source(&actor, new).await?;
    Ok((StatusCode::CREATED, Tagged(source.version, source.into())))
}
