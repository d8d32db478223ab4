use axum::extract::State;
use http::StatusCode;
use puente_domain::Name;
use puente_gateway::admin::servers::NewServer;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{DiscoveryBody, ServerBody};
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
    routes::on,
};

/// A new virtual server.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewVirtualServer)]
pub(super) struct Body {
    /// Unique: letters, digits, `_` and `-`.
    #[schema(value_type = String, example = "finance")]
    name: Name,
    /// For people and agents.
    #[serde(default)]
    description: String,
    /// Patterns over `source.tool`.
    #[schema(example = json!(["erp.*"]))]
    include: Vec<String>,
    /// Patterns that take away from `include`.
    #[serde(default)]
    exclude: Vec<String>,
    /// Whether clients see `source_tool` (true) or `tool`.
    #[serde(default = "on")]
    prefix: bool,
    /// How clients find its tools.
    #[serde(default)]
    discovery: DiscoveryBody,
    /// Whether a caller needs no token; only the role admin may say so.
    #[serde(default)]
    open: bool,
    /// Whether it is served.
    #[serde(default = "on")]
    enabled: bool,
}

impl From<Body> for NewServer {
    fn from(body: Body) -> Self {
        Self {
            name: body.name,
            description: body.description,
            include: body.include,
            exclude: body.exclude,
            prefix: body.prefix,
            discovery: body.discovery.into(),
            open: body.open,
            enabled: body.enabled,
        }
    }
}

/// Create a virtual server
///
/// Needs the role editor.
#[utoipa::path(
    post, path = "", tag = "servers", request_body = Body,
    responses((status = CREATED, body = ServerBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Tagged<ServerBody>), Problem> {
    let server = state.gateway.create_server(&actor, body.into()).await?;
    Ok((StatusCode::CREATED, Tagged(server.version, server.into())))
}
