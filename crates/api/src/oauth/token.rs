//! The token endpoint (RFC 6749, section 3.2).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use puente_gateway::oauth::{Code, CodeExchange, OAuthError, Refresh};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{Base, Fields, failure::Failure};
use crate::{
    ApiState,
    extract::{Json, Visitor},
};

pub(super) async fn token(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    Base(base): Base,
    fields: Fields,
) -> Result<Response, Failure> {
    let issued = match fields.required("grant_type")? {
        "authorization_code" => {
            let exchange = CodeExchange {
                client: fields.required("client_id")?,
                code: fields.required("code")?,
                verifier: fields.required("code_verifier")?,
                redirect_uri: fields.get("redirect_uri"),
                resource: fields.get("resource"),
            };
            state.gateway.exchange_code(&visitor, exchange, &base).await?
        }
        "refresh_token" => {
            let refresh = Refresh {
                client: fields.required("client_id")?,
                token: fields.required("refresh_token")?,
                scope: fields.get("scope"),
                resource: fields.get("resource"),
            };
            state.gateway.exchange_refresh(&visitor, refresh, &base).await?
        }
        _ => {
            let told = "`grant_type` must be authorization_code or refresh_token";
            return Err(OAuthError::new(Code::UnsupportedGrantType, told).into());
        }
    };
    let body = json!({
        "access_token": issued.access_token.expose_secret(),
        "token_type": "Bearer",
        "expires_in": issued.expires_in.as_secs(),
        "refresh_token": issued.refresh_token.expose_secret(),
        "scope": issued.scope,
    });
    Ok(Json(body).into_response())
}
