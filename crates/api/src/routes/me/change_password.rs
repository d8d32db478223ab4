use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Authenticated, Json},
    problem::{Problem, Problems},
};

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordChange)]
pub(super) struct Body {
    /// The one that is valid now.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// At least 10 characters.
    #[schema(value_type = String, format = Password)]
    new_password: SecretString,
}

/// Change one's own password
///
/// Ends every sign-in of the account, this one too.
#[utoipa::path(
    put, path = "/password", tag = "me", request_body = Body,
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn change_password(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Json(body): Json<Body>,
) -> Result<StatusCode, Problem> {
    state.gateway.change_password(&actor, body.current_password, body.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
