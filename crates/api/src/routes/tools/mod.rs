//! Tools, as the catalog has them.

mod create;
mod delete;
mod get;
mod list;
mod update;

use puente_domain::{Timestamp, catalog::ToolRecord};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list))
}

/// Below `/sources/{source}/tools`.
pub(super) fn of_source() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create::create)).routes(routes!(get::get, update::update, delete::delete))
}

/// A tool.
#[derive(Serialize, ToSchema)]
#[schema(as = Tool)]
pub(super) struct ToolBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The id of the source that runs it.
    #[schema(format = "uuid")]
    source: String,
    /// Unique within its source.
    name: String,
    /// For agents.
    description: String,
    /// Everything else, as in a catalog file.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// Whether it is offered.
    enabled: bool,
    /// The last edit.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<ToolRecord> for ToolBody {
    fn from(tool: ToolRecord) -> Self {
        Self {
            id: tool.id.to_string(),
            source: tool.source.to_string(),
            name: tool.name.into(),
            description: tool.description,
            settings: tool.settings,
            enabled: tool.enabled,
            updated_at: tool.updated_at,
        }
    }
}
