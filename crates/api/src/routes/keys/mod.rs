//! API keys: how agents authenticate.

mod create;
mod delete;
mod disable;
mod enable;
mod get;
mod list;

use puente_domain::{Timestamp, key::ApiKey};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiState, routes::users::RoleBody};

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, delete::delete))
        .routes(routes!(disable::disable))
        .routes(routes!(enable::enable))
}

/// An API key; its text is not kept.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct KeyBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique among all keys.
    name: String,
    /// The id of the user who answers for it.
    #[schema(format = "uuid")]
    owner: String,
    /// What it may do in the administration, never more than its owner.
    role: RoleBody,
    /// The first characters, enough to recognise it.
    #[schema(example = "pk_a1B2c3D4")]
    prefix: String,
    /// `mcp`, `mcp:read`, `api`, `api:read`, `server:NAME`; empty for everything that role and grants allow.
    scopes: Vec<String>,
    /// From when on it is refused.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Since when it is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
    /// Kept to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<ApiKey> for KeyBody {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.into(),
            owner: key.owner.to_string(),
            role: key.role.into(),
            prefix: key.prefix,
            scopes: key.scopes.iter().map(ToString::to_string).collect(),
            expires_at: key.expires_at,
            disabled_at: key.disabled_at,
            last_used_at: key.last_used_at,
            created_at: key.created_at,
        }
    }
}
