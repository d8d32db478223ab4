//! Teams: named sets of users and keys.

mod add_member;
mod create;
mod delete;
mod get;
mod list;
mod members;
mod remove_member;
mod update;

use puente_domain::{Timestamp, team::Team};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(members::members))
        .routes(routes!(add_member::add_member, remove_member::remove_member))
}

/// A team.
#[derive(Serialize, ToSchema)]
#[schema(as = Team)]
pub(super) struct TeamBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Unique.
    name: String,
    /// For people; may be empty.
    description: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last edit.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Team> for TeamBody {
    fn from(team: Team) -> Self {
        Self {
            id: team.id.to_string(),
            name: team.name.into(),
            description: team.description,
            created_at: team.created_at,
            updated_at: team.updated_at,
        }
    }
}
