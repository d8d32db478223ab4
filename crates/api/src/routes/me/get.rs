use axum::extract::State;
use puente_domain::{Principal, Subject};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
    routes::users::{RoleBody, UserBody},
};

/// The caller.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// `user` or `key`.
    kind: &'static str,
    /// The e-mail address or the key's name.
    name: String,
    /// Of a key: its own, and never more than its owner's.
    role: RoleBody,
    /// The ids of its teams.
    teams: Vec<String>,
    /// Of a key: what narrows it; empty for nothing.
    scopes: Vec<String>,
    /// The account; of a key, its owner's.
    user: UserBody,
}

/// Read who one is
#[utoipa::path(get, path = "", tag = "me", responses((status = OK, body = Me), Problems))]
pub(super) async fn get(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
) -> Result<Json<Me>, Problem> {
    let user = state.gateway.own_user(&actor).await?;
    Ok(Json(me(&actor.principal, user.into())))
}

fn me(principal: &Principal, user: UserBody) -> Me {
    Me {
        kind: match principal.subject {
            Subject::User(_) => "user",
            Subject::Key(_) => "key",
            Subject::Anonymous => "anonymous",
        },
        name: principal.name.to_string(),
        role: principal.role.into(),
        teams: principal.teams.iter().map(ToString::to_string).collect(),
        scopes: principal.scopes.iter().map(ToString::to_string).collect(),
        user,
    }
}
