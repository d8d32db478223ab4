use axum::extract::State;

use super::Tokens;
use crate::{
    ApiState,
    extract::{Credentials, Json, Visitor},
    problem::{Problem, Problems},
};

/// Sign in
///
/// With e-mail and password, as JSON or as the OAuth 2 password form. Wrong passwords lock an account for a while.
#[utoipa::path(
    post, path = "/token", tag = "auth", security(()),
    request_body = Credentials,
    responses((status = OK, body = Tokens), Problems)
)]
pub(super) async fn token(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    credentials: Credentials,
) -> Result<Json<Tokens>, Problem> {
    let pair = state.gateway.sign_in(&visitor, &credentials.email, credentials.password).await?;
    Ok(Json(pair.into()))
}
