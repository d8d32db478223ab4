//! What is known about a request before anything else: its id, where it came from, and its whole path.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::extract::FromRequestParts;
use http::{Extensions, Uri, request::Parts};

/// Put into every request by [`harden`](crate::harden).
#[derive(Clone, Debug)]
pub(crate) struct RequestInfo {
    /// As in `X-Request-Id` and the log.
    pub(crate) id: Arc<str>,
    /// The client's address, behind trusted proxies too; `None` if a test calls the router directly.
    pub(crate) address: Option<IpAddr>,
    /// As the client wrote it: within nested routes the request's own is cut.
    pub(crate) uri: Uri,
}

impl RequestInfo {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        let unknown = || Self { id: "".into(), address: None, uri: Uri::default() };
        extensions.get().cloned().unwrap_or_else(unknown)
    }
}

/// The request's path and query as the client wrote them.
pub(crate) struct FullUri(pub(crate) Uri);

impl<S: Sync> FromRequestParts<S> for FullUri {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(RequestInfo::of(&parts.extensions).uri))
    }
}
