//! `WWW-Authenticate` of the MCP endpoints: it leads a client that knows nothing but the address to a token (RFC 9728,
//! section 5.1), and one whose token allows too little to another (RFC 6750, section 3.1).

use axum::response::Response;
use http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use puente_gateway::oauth::SCOPES;

use super::{Base, resource};
use crate::Options;

/// Which endpoint was asked, under which name.
pub(crate) struct Challenger {
    host: Option<HeaderValue>,
    uri: Uri,
}

impl Challenger {
    pub(crate) fn of(parts: &Parts) -> Self {
        Self { host: parts.headers.get(header::HOST).cloned(), uri: parts.uri.clone() }
    }

    /// Adds the way to a token to a refusal with 401.
    pub(crate) fn refused(&self, mut response: Response, options: &Options) -> Response {
        if response.status() == StatusCode::UNAUTHORIZED {
            let start = if says(&response, "invalid_token") { "Bearer error=\"invalid_token\", " } else { "Bearer " };
            self.add(&mut response, start, SCOPES[0], options);
        }
        response
    }

    /// Adds the same to the protocol's own 403 for a token that allows too little.
    pub(crate) fn step_up(&self, mut response: Response, options: &Options) -> Response {
        if response.status() == StatusCode::FORBIDDEN && says(&response, "insufficient_scope") {
            self.add(&mut response, "Bearer error=\"insufficient_scope\", ", &SCOPES.join(" "), options);
        }
        response
    }

    fn add(&self, response: &mut Response, start: &str, scope: &str, options: &Options) {
        let Some(base) = Base::of(options, self.host.as_ref(), &self.uri) else { return };
        let metadata = resource::address(&base, self.uri.path());
        let value = format!("{start}resource_metadata=\"{metadata}\", scope=\"{scope}\"");
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
}

fn says(response: &Response, word: &str) -> bool {
    let given = response.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    given.is_some_and(|given| given.contains(word))
}
