//! Ways to an upstream: what carries messages, knowing little of what they mean.

pub(crate) mod http;
pub(crate) mod stdio;

use std::sync::Arc;

use ::http::HeaderValue;
use puente_mcp::envelope::OwnedId;
use rmcp::model::ErrorData;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    error::LinkError,
    wire::{Incoming, Meta},
};

/// Something that an upstream tells outside of any request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum General {
    /// One of the three lists changed.
    ListChanged,
    /// A resource changed.
    Updated(String),
}

/// Where [`General`]s go. Bounded: a burst of them says no more than a few.
pub(crate) type Events = mpsc::Sender<General>;

/// A request to be sent.
pub(crate) struct Outgoing<'a, P> {
    /// `tools/call`, …
    pub(crate) method: &'a str,
    /// Serialises as an object.
    pub(crate) params: &'a P,
    /// The token of progress is set by the link.
    pub(crate) meta: Meta<'a>,
    /// What `Mcp-Name` says (modern HTTP).
    pub(crate) name: Option<&'a str>,
    /// `Mcp-Param-…` (modern HTTP).
    pub(crate) headers: &'a [(String, HeaderValue)],
    /// Whether to ask for progress.
    pub(crate) progress: bool,
    /// The largest message that is read.
    pub(crate) max_bytes: usize,
}

impl<'a, P> Outgoing<'a, P> {
    /// A small request without more.
    pub(crate) const fn new(method: &'a str, params: &'a P, meta: Meta<'a>) -> Self {
        Self { method, params, meta, name: None, headers: &[], progress: false, max_bytes: SMALL }
    }
}

/// How large answers may be that no call waits for: lists and handshakes.
const SMALL: usize = 16 * 1024 * 1024;

/// A way to an upstream. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Link {
    /// Streamable HTTP.
    Http(Arc<http::HttpLink>),
    /// Something that carries lines in both directions: a process, or HTTP with SSE.
    Stdio(Arc<stdio::LineLink>),
}

/// A request under way. Dropping it before its answer came gives it up, in the upstream's own way.
pub(crate) enum Exchange {
    /// Over HTTP.
    Http(Box<http::HttpExchange>),
    /// Over lines.
    Stdio(stdio::LineExchange),
}

impl Link {
    /// Sends a request.
    pub(crate) async fn send<P: Serialize + Sync>(&self, out: Outgoing<'_, P>) -> Result<Exchange, LinkError> {
        match self {
            Self::Http(link) => link.send(out).await.map(|exchange| Exchange::Http(Box::new(exchange))),
            Self::Stdio(link) => link.send(&out).await.map(Exchange::Stdio),
        }
    }

    /// Sends a notification.
    pub(crate) async fn notify(&self, method: &str, params: &Value) -> Result<(), LinkError> {
        let message = crate::wire::notification(method, params);
        match self {
            Self::Http(link) => link.post_small(message).await,
            Self::Stdio(link) => link.write(message).await,
        }
    }

    /// Whether it can carry nothing any more.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Http(link) => link.is_gone(),
            Self::Stdio(link) => link.is_closed(),
        }
    }

    /// Waits until it can carry nothing any more.
    pub(crate) async fn closed(&self) {
        match self {
            Self::Http(link) => link.gone().await,
            Self::Stdio(link) => link.closed().await,
        }
    }
}

impl Exchange {
    /// The next message of this request. After its answer nothing comes.
    pub(crate) async fn next(&mut self) -> Result<Incoming, LinkError> {
        match self {
            Self::Http(exchange) => exchange.next().await,
            Self::Stdio(exchange) => exchange.next().await,
        }
    }

    /// Answers a request that came meanwhile (legacy).
    pub(crate) async fn answer(&self, id: &OwnedId, outcome: Result<&Value, &ErrorData>) -> Result<(), LinkError> {
        let message = crate::wire::answer(id, outcome);
        match self {
            Self::Http(exchange) => exchange.link().post_small(message).await,
            Self::Stdio(exchange) => exchange.link().write(message).await,
        }
    }
}
