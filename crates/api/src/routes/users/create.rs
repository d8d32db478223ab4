use axum::extract::State;
use http::StatusCode;
use puente_gateway::admin::users::NewUser;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{RoleBody, UserBody};
use crate::{
    ApiState,
    etag::Tagged,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(super) struct Body {
    /// In any case of letters.
    #[schema(example = "ana@example.com")]
    email: String,
    /// For display.
    #[serde(default)]
    display_name: String,
    /// What it may do in the administration.
    role: RoleBody,
    /// At least 10 characters. Without one, nobody can sign in until it is set.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<SecretString>,
}

/// Create a user
///
/// Needs the role admin.
#[utoipa::path(
    post, path = "", tag = "users", request_body = Body,
    responses((status = CREATED, body = UserBody), Problems)
)]
pub(super) async fn create(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<(StatusCode, Tagged<UserBody>), Problem> {
    let Body { email, display_name, role, password } = body;
    let new = NewUser { email, display_name, role: role.into(), password };
    let user = state.gateway.create_user(&actor, new).await?;
    Ok((StatusCode::CREATED, Tagged(user.version, user.into())))
}
