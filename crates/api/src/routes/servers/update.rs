use axum::extract::State;
use puente_domain::Name;
use puente_gateway::admin::servers::ServerChanges;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{DiscoveryBody, ServerBody};
use crate::{
    ApiState,
    etag::{IfMatch, Tagged},
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VirtualServerChanges)]
pub(super) struct Body {
    /// Unique.
    #[schema(value_type = Option<String>)]
    name: Option<Name>,
    /// For people and agents.
    description: Option<String>,
    /// Patterns over `source.tool`.
    include: Option<Vec<String>>,
    /// Patterns that take away from `include`.
    exclude: Option<Vec<String>>,
    /// Whether clients see `source_tool` (true) or `tool`.
    prefix: Option<bool>,
    /// How clients find its tools.
    discovery: Option<DiscoveryBody>,
    /// Whether a caller needs no token; only the role admin may say so.
    open: Option<bool>,
    /// Whether it is served.
    enabled: Option<bool>,
}

impl From<Body> for ServerChanges {
    fn from(body: Body) -> Self {
        Self {
            name: body.name,
            description: body.description,
            include: body.include,
            exclude: body.exclude,
            prefix: body.prefix,
            discovery: body.discovery.map(Into::into),
            open: body.open,
            enabled: body.enabled,
        }
    }
}

/// Change a virtual server
///
/// Needs the role editor.
#[utoipa::path(
    patch, path = "/{server}", tag = "servers", request_body = Body,
    params(("server" = String, Path, description = "Id or name"), ("If-Match" = String, Header)),
    responses((status = OK, body = ServerBody, headers(("ETag" = String))), Problems)
)]
pub(super) async fn update(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(server): Path<String>,
    IfMatch(version): IfMatch,
    Json(body): Json<Body>,
) -> Result<Tagged<ServerBody>, Problem> {
    let server = state.gateway.update_server(&actor, &server, version, body.into()).await?;
    Ok(Tagged(server.version, server.into()))
}
