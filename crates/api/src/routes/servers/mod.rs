//! Virtual servers: curated parts of the catalog with an endpoint of their own.

mod create;
mod delete;
mod get;
mod list;
mod update;

use puente_domain::{
    Timestamp,
    server::{Discovery, VirtualServer},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, create::create)).routes(routes!(
        get::get,
        update::update,
        delete::delete
    ))
}

/// How clients find the tools of a virtual server.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Discovery)]
pub(super) enum DiscoveryBody {
    /// All of them are listed.
    #[default]
    Off,
    /// All of them are listed, and `search_tools`, `describe_tool` and `call_tool`.
    Beside,
    /// Only `search_tools`, `describe_tool` and `call_tool` are listed.
    Instead,
}

impl From<Discovery> for DiscoveryBody {
    fn from(discovery: Discovery) -> Self {
        match discovery {
            Discovery::Off => Self::Off,
            Discovery::Beside => Self::Beside,
            Discovery::Instead => Self::Instead,
        }
    }
}

impl From<DiscoveryBody> for Discovery {
    fn from(discovery: DiscoveryBody) -> Self {
        match discovery {
            DiscoveryBody::Off => Self::Off,
            DiscoveryBody::Beside => Self::Beside,
            DiscoveryBody::Instead => Self::Instead,
        }
    }
}

/// A virtual server, at `/servers/{name}/mcp`; the one named `default` is also `/mcp`.
#[derive(Serialize, ToSchema)]
#[schema(as = VirtualServer)]
pub(super) struct ServerBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique.
    name: String,
    /// For people and agents; may be empty.
    description: String,
    /// Patterns over `source.tool`.
    #[schema(example = json!(["erp.*"]))]
    include: Vec<String>,
    /// Patterns that take away from `include`.
    exclude: Vec<String>,
    /// Whether clients see `source_tool` (true) or `tool`.
    prefix: bool,
    /// How clients find its tools.
    discovery: DiscoveryBody,
    /// Whether a caller needs no token.
    open: bool,
    /// Whether it is served.
    enabled: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last edit.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<VirtualServer> for ServerBody {
    fn from(server: VirtualServer) -> Self {
        Self {
            id: server.id.to_string(),
            name: server.name.into(),
            description: server.description,
            include: server.include,
            exclude: server.exclude,
            prefix: server.prefix,
            discovery: server.discovery.into(),
            open: server.open,
            enabled: server.enabled,
            created_at: server.created_at,
            updated_at: server.updated_at,
        }
    }
}
