//! The address that a client used: what metadata, links and `iss` begin with.

use axum::extract::FromRequestParts;
use http::{HeaderValue, Uri, header, request::Parts};
use url::Url;

use crate::{ApiState, Options, problem::Problem};

/// `PUBLIC_URL` if it is set; else what `Host` says, which names one of our own hosts, or the request would not have come
/// this far. So `localhost` and `127.0.0.1` both work, and each client sees the name that it knows.
pub(crate) struct Base(pub(crate) Url);

impl Base {
    pub(crate) fn of(options: &Options, host: Option<&HeaderValue>, uri: &Uri) -> Option<Self> {
        if let Some(url) = &options.public_url {
            return Some(Self(url.clone()));
        }
        let host = host.and_then(|value| value.to_str().ok());
        let host = uri.authority().map(http::uri::Authority::as_str).or(host)?;
        Url::parse(&format!("http://{host}")).ok().map(Self)
    }

    /// The address of a path below it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_str().trim_end_matches('/'))
    }
}

impl FromRequestParts<ApiState> for Base {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        Self::of(&state.options, parts.headers.get(header::HOST), &parts.uri)
            .ok_or_else(|| Problem::invalid("Host", "names no host"))
    }
}
