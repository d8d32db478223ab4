//! Users: people who sign in.

mod create;
mod delete;
mod disable;
mod enable;
mod get;
mod list;
mod set_password;
mod update;

use puente_domain::{Role, Timestamp, user::User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(set_password::set_password))
        .routes(routes!(disable::disable))
        .routes(routes!(enable::enable))
}

/// A role as the API writes it.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(crate) enum RoleBody {
    /// Uses what is granted.
    Member,
    /// Edits the catalog.
    Editor,
    /// Does everything.
    Admin,
}

impl From<RoleBody> for Role {
    fn from(role: RoleBody) -> Self {
        match role {
            RoleBody::Member => Self::Member,
            RoleBody::Editor => Self::Editor,
            RoleBody::Admin => Self::Admin,
        }
    }
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        match role {
            Role::Member => Self::Member,
            Role::Editor => Self::Editor,
            Role::Admin => Self::Admin,
        }
    }
}

/// A person with an account.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// Lower case, unique.
    email: String,
    /// For display; may be empty.
    display_name: String,
    /// What it may do in the administration.
    role: RoleBody,
    /// Since when it is refused.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
    /// Until when sign-in is refused after wrong passwords.
    #[schema(value_type = Option<String>, format = DateTime)]
    locked_until: Option<Timestamp>,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last edit.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email,
            display_name: user.display_name,
            role: user.role.into(),
            disabled_at: user.disabled_at,
            locked_until: user.locked_until,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}
