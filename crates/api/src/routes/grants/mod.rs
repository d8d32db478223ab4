//! Grants: the right of a user, key, team or role to use a virtual server.

mod add;
mod list;
mod remove;

use puente_domain::Timestamp;
use puente_gateway::admin::grants::NamedGrant;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, add::add)).routes(routes!(remove::remove))
}

/// A grant.
#[derive(Serialize, ToSchema)]
#[schema(as = Grant)]
pub(super) struct GrantBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// The virtual server's name.
    server: String,
    /// `user:EMAIL`, `key:NAME`, `team:NAME` or `role:ROLE`.
    #[schema(example = "team:finance")]
    grantee: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<NamedGrant> for GrantBody {
    fn from(named: NamedGrant) -> Self {
        Self {
            id: named.grant.id.to_string(),
            server: named.server,
            grantee: named.grantee,
            created_at: named.grant.created_at,
        }
    }
}
