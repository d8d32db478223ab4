use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Tokens;
use crate::{
    ApiState,
    extract::{Json, Visitor},
    problem::{Problem, Problems},
};

/// What is exchanged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// The one that the last answer gave.
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// Exchange a refresh token
///
/// For the next pair. A refresh token that is used twice ends the sign-in with all its tokens.
#[utoipa::path(
    post, path = "/refresh", tag = "auth", security(()),
    responses((status = OK, body = Tokens), Problems)
)]
pub(super) async fn refresh(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    Json(body): Json<Refresh>,
) -> Result<Json<Tokens>, Problem> {
    let pair = state.gateway.refresh(&visitor, body.refresh_token.expose_secret()).await?;
    Ok(Json(pair.into()))
}
