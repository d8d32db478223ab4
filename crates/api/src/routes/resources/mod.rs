//! Static resources of a source.

mod delete;
mod list;
mod put;

use puente_domain::catalog::ResourceRecord;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(put::put, delete::delete))
}

/// A static resource.
#[derive(Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique within its source.
    name: String,
    /// The URI under which clients read it; unique in the catalog.
    uri: String,
    /// For agents.
    description: String,
    /// Text and MIME type, as in a catalog file.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

impl From<ResourceRecord> for ResourceBody {
    fn from(resource: ResourceRecord) -> Self {
        let ResourceRecord { id, name, uri, description, settings, .. } = resource;
        Self { id: id.to_string(), name: name.into(), uri, description, settings }
    }
}
