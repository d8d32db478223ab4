//! Metadata of the built-in authorization server (RFC 8414).

use axum::response::{IntoResponse, Response};
use puente_gateway::oauth::{SCOPES, issuer};
use serde_json::json;

use super::{AUTHORIZE, Base, REGISTER, REVOKE, TOKEN};
use crate::{extract::Json, pages::Language};

pub(super) async fn metadata(base: Base) -> Response {
    Json(json!({
        "issuer": issuer(&base.0),
        "authorization_endpoint": base.at(AUTHORIZE),
        "token_endpoint": base.at(TOKEN),
        "registration_endpoint": base.at(REGISTER),
        "revocation_endpoint": base.at(REVOKE),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": SCOPES,
        "ui_locales_supported": Language::ALL.map(Language::code),
        "client_id_metadata_document_supported": true,
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}
