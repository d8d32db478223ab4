//! Sources: connected business systems.

mod create;
mod delete;
mod draft;
mod get;
mod list;
mod pins;
mod sync;
mod test;
mod update;

use puente_domain::{
    Timestamp,
    catalog::{Origin, SourceKind, SourceRecord},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{prompts, resources, tools};
use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(test::test))
        .routes(routes!(draft::draft))
        .routes(routes!(pins::diff, pins::accept))
        .routes(routes!(sync::sync))
        .nest("/{source}/tools", tools::of_source())
        .nest("/{source}/prompts", prompts::router())
        .nest("/{source}/resources", resources::router())
}

/// How a source speaks.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SourceType)]
pub(super) enum KindBody {
    /// A SQL database.
    Sql,
    /// An HTTP API.
    Http,
    /// Another MCP server.
    Mcp,
    /// Uploaded documents.
    Files,
}

impl From<SourceKind> for KindBody {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::Sql => Self::Sql,
            SourceKind::Http => Self::Http,
            SourceKind::Mcp => Self::Mcp,
            SourceKind::Files => Self::Files,
        }
    }
}

impl From<KindBody> for SourceKind {
    fn from(kind: KindBody) -> Self {
        match kind {
            KindBody::Sql => Self::Sql,
            KindBody::Http => Self::Http,
            KindBody::Mcp => Self::Mcp,
            KindBody::Files => Self::Files,
        }
    }
}

/// A source.
#[derive(Serialize, ToSchema)]
#[schema(as = Source)]
pub(super) struct SourceBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique.
    name: String,
    /// How it speaks.
    r#type: KindBody,
    /// For people; may be empty.
    description: String,
    /// As in a catalog file. Secrets are references, never values.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// `operator` for a file applied on the command line, else `editor`: decides what it may reach.
    origin: &'static str,
    /// Whether it is used.
    enabled: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last edit.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<SourceRecord> for SourceBody {
    fn from(source: SourceRecord) -> Self {
        Self {
            id: source.id.to_string(),
            name: source.name.into(),
            r#type: source.kind.into(),
            description: source.description,
            settings: source.settings,
            origin: match source.origin {
                Origin::Operator => "operator",
                Origin::Editor => "editor",
            },
            enabled: source.enabled,
            created_at: source.created_at,
            updated_at: source.updated_at,
        }
    }
}
