use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path},
    problem::{Problem, Problems},
};

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPassword)]
pub(super) struct Body {
    /// At least 10 characters.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Set a user's password
///
/// Lifts a lock, and ends every sign-in of the account. Needs the role admin.
#[utoipa::path(
    put, path = "/{user}/password", tag = "users", request_body = Body,
    params(("user" = String, Path, description = "Id or e-mail address")),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn set_password(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(user): Path<String>,
    Json(body): Json<Body>,
) -> Result<StatusCode, Problem> {
    state.gateway.set_password(&actor, &user, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
