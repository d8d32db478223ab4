use axum::extract::State;
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    ApiState,
    extract::{Json, Visitor},
    problem::{Problem, Problems},
};

/// What ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Logout {
    /// An access or refresh token of the sign-in.
    #[schema(value_type = String)]
    token: SecretString,
}

/// Sign out
///
/// Ends the sign-in of this token with all its tokens, within a second everywhere. One that is unknown is no error.
#[utoipa::path(
    post, path = "/logout", tag = "auth", security(()),
    responses((status = NO_CONTENT), Problems)
)]
pub(super) async fn logout(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    Json(body): Json<Logout>,
) -> Result<StatusCode, Problem> {
    state.gateway.sign_out(&visitor, body.token.expose_secret()).await?;
    Ok(StatusCode::NO_CONTENT)
}
