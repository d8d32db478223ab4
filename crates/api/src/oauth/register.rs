//! Dynamic client registration (RFC 7591).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use puente_domain::oauth::OAuthClient;
use puente_gateway::oauth::Registration;
use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use crate::{
    ApiState,
    extract::{Json, Visitor},
};

/// What is looked at; the rest of a registration may be anything.
#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    client_uri: Option<String>,
    #[serde(default)]
    grant_types: Vec<String>,
}

pub(super) async fn register(
    State(state): State<ApiState>,
    Visitor(visitor): Visitor,
    Json(body): Json<Body>,
) -> Result<Response, Failure> {
    let new = Registration {
        name: body.client_name,
        redirect_uris: body.redirect_uris,
        uri: body.client_uri,
        grant_types: body.grant_types,
    };
    let client = state.gateway.register_client(&visitor, new).await?;
    Ok((StatusCode::CREATED, Json(told(&client))).into_response())
}

/// What was not given is left out: clients take `null` for a mistake.
fn told(client: &OAuthClient) -> serde_json::Value {
    let mut told = json!({
        "client_id": client.id,
        "client_id_issued_at": client.created_at.as_secs(),
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    if let Some(uri) = &client.uri {
        told["client_uri"] = uri.as_str().into();
    }
    told
}
