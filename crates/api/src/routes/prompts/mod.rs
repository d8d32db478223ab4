//! Prompts of a source.

mod delete;
mod list;
mod put;

use puente_domain::catalog::PromptRecord;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(put::put, delete::delete))
}

/// A prompt.
#[derive(Serialize, ToSchema)]
#[schema(as = Prompt)]
pub(super) struct PromptBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique within its source.
    name: String,
    /// For agents.
    description: String,
    /// Arguments and messages, as in a catalog file.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

impl From<PromptRecord> for PromptBody {
    fn from(prompt: PromptRecord) -> Self {
        let PromptRecord { id, name, description, settings, .. } = prompt;
        Self { id: id.to_string(), name: name.into(), description, settings }
    }
}
