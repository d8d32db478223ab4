//! Streamable HTTP: every message to the upstream is a POST; answers come as JSON or as a stream.

mod body;
mod exchange;
mod post;
pub(crate) mod sse;
mod stream;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use http::{HeaderMap, HeaderValue, Uri, header::HeaderName};
use puente_sources::outbound::Outbound;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

pub(crate) use body::{Stream as EventStream, is_stream};
pub(crate) use exchange::HttpExchange;
pub(crate) use post::unreachable;
pub(crate) use stream::listen;

use super::Outgoing;
use crate::{
    error::LinkError,
    headers,
    wire::{self, Meta},
};

pub(super) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(super) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// Where an upstream is. Its headers may hold secrets: no `Debug`.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(crate) client: Outbound,
    pub(crate) uri: Uri,
    /// What the catalog adds to every request.
    pub(crate) headers: HeaderMap,
}

/// What was agreed on: the headers of every request from then on.
pub(crate) struct Agreed {
    /// The revision.
    pub(crate) version: HeaderValue,
    /// The legacy session.
    pub(crate) session: Option<HeaderValue>,
    /// Whether requests repeat method and name in headers.
    pub(crate) modern: bool,
}

/// A way over HTTP.
pub(crate) struct HttpLink {
    endpoint: Endpoint,
    ids: AtomicU64,
    agreed: OnceLock<Agreed>,
    gone: CancellationToken,
}

impl HttpLink {
    pub(crate) fn new(endpoint: Endpoint) -> Arc<Self> {
        Arc::new(Self { endpoint, ids: AtomicU64::new(1), agreed: OnceLock::new(), gone: CancellationToken::new() })
    }

    /// Says what was agreed on; the first time counts.
    pub(crate) fn agree(&self, agreed: Agreed) {
        let _ = self.agreed.set(agreed);
    }

    pub(super) async fn send<P: Serialize>(self: &Arc<Self>, out: Outgoing<'_, P>) -> Result<HttpExchange, LinkError> {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let meta = Meta { progress_token: out.progress.then_some(id), ..out.meta };
        let message = wire::request(id, out.method, out.params, meta);
        let mut extra = HeaderMap::new();
        if let Some(version) = out.meta.version {
            extra.insert(VERSION, headers::encode(version));
            extra.insert(METHOD, headers::encode(out.method));
            if let Some(name) = out.name {
                extra.insert(NAME, headers::encode(name));
            }
            for (name, value) in out.headers {
                if let Ok(name) = HeaderName::try_from(format!("mcp-param-{name}")) {
                    extra.insert(name, value.clone());
                }
            }
        }
        // A legacy upstream is told when a request is given up while its answer has not begun.
        let mut exchange = HttpExchange::new(self.clone(), id, out.max_bytes);
        let response = self.post(message, extra).await;
        match response {
            Ok(response) => {
                exchange.begin(response);
                Ok(exchange)
            }
            Err(error) => {
                exchange.forget();
                Err(error)
            }
        }
    }

    fn is_legacy(&self) -> bool {
        self.agreed.get().is_some_and(|agreed| !agreed.modern)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_cancelled()
    }

    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }
}

impl Drop for HttpLink {
    fn drop(&mut self) {
        // "Clients that no longer need a particular session SHOULD send an HTTP DELETE" (2025-11-25, transports).
        if !self.is_gone()
            && let Some(Agreed { session: Some(session), version, .. }) = self.agreed.get()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(post::delete(self.endpoint.clone(), session.clone(), version.clone()));
        }
    }
}
