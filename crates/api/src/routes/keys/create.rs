use axum::extract::State;
use http::StatusCode;
use puente_domain::{Name, Role, Timestamp, key::Scope};
use puente_gateway::admin::keys::NewKey;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::KeyBody;
use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
    routes::users::RoleBody,
};

/// A new key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub(super) struct Body {
    /// Unique among all keys: letters, digits, `_` and `-`.
    #[schema(value_type = String, example = "agent")]
    name: Name,
    /// Who answers for it: id or e-mail address; the caller if not given.
    owner: Option<String>,
    /// At most the owner's; member if not given.
    role: Option<RoleBody>,
    /// `mcp`, `mcp:read`, `api`, `api:read`, `server:NAME`; empty for everything that role and grants allow.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// From when on it is refused.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A key with its text, which is shown only now.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedKey {
    /// As it is stored.
    key: KeyBody,
    /// For `Authorization: Bearer`.
    #[schema(example = "pk_…")]
    secret: String,
}

/// Create a key
///
/// For oneself, or, with the role admin, for anyone. Its text is in this answer and nowhere else.
#[utoipa::path(
    post, path = "", tag = "keys", request_body = Body,
    responses((status = CREATED, body = CreatedKey), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Json<CreatedKey>), Problem> {
    let Body { name, owner, role, scopes, expires_at } = body;
    let new = NewKey { name, owner, role: role.map_or(Role::Member, Into::into), scopes, expires_at };
    let created = state.gateway.create_key(&actor, new).await?;
    let secret = created.secret.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(CreatedKey { key: created.key.into(), secret })))
}
