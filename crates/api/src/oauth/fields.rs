//! Parameters of OAuth requests, from a form or a query: each at most once (RFC 6749, section 3.1).

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use http::header;
use puente_gateway::oauth::{Code, OAuthError};
use url::form_urlencoded;

use super::failure::Failure;
use crate::extract::whole_body;

/// Named values; empty ones count as absent.
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// Parses `application/x-www-form-urlencoded`.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, OAuthError> {
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            if value.is_empty() {
                continue;
            }
            // What may be repeated (RFC 8707) is of use here only once, too.
            if fields.insert(name.to_string(), value.into_owned()).is_some() {
                let told = format!("`{}` is given more than once", name.escape_debug());
                return Err(OAuthError::new(Code::InvalidRequest, told));
            }
        }
        Ok(Self(fields))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// A value that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::new(Code::InvalidRequest, format!("`{name}` is missing")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !media_type.is_some_and(|text| text.starts_with("application/x-www-form-urlencoded")) {
            let told = "send application/x-www-form-urlencoded";
            return Err(OAuthError::new(Code::InvalidRequest, told).into());
        }
        let unreadable = |_| OAuthError::new(Code::InvalidRequest, "the body cannot be read");
        Ok(Self::parse(&whole_body(request, state).await.map_err(unreadable)?)?)
    }
}
