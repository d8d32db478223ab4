//! How OAuth endpoints fail: JSON with a code (RFC 6749, section 5.2).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use puente_gateway::oauth::{Code, OAuthError};
use serde_json::json;

/// An [`OAuthError`] as a response.
pub(crate) struct Failure(OAuthError);

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self(error)
    }
}

impl From<puente_gateway::Error> for Failure {
    fn from(error: puente_gateway::Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            Code::InvalidClient => StatusCode::UNAUTHORIZED,
            Code::TemporarilyUnavailable => StatusCode::TOO_MANY_REQUESTS,
            Code::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({"error": self.0.code.as_str(), "error_description": self.0.description});
        (status, Json(body)).into_response()
    }
}
