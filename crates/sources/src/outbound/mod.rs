//! The way out for HTTP: a client whose every connection passes the egress guard, also those of redirects.
//!
//! It follows no redirects, uses no proxy and keeps no cookies: what it does is what its source asked for. Connections
//! are pooled, so make one client for a source and keep it.

mod connect;
mod read;
mod tls;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};
use puente_domain::catalog::Origin;

pub use connect::ConnectError;
pub use read::{ReadError, read_body};

use crate::Egress;
use connect::Connector;

/// How long an unused connection stays open: shorter than the usual keep-alive of servers, so that they do not close it
/// just as it is used again.
const IDLE: Duration = Duration::from_secs(50);

/// An HTTP client behind the egress guard. Cheap to clone; clones share the pool.
#[derive(Clone)]
pub struct Outbound {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
    connector: Connector,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// There was no connection, so nothing was sent.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection ended without an answer; what was sent may have been received.
    #[error("the connection broke before an answer came")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OutboundError {
    /// Whether the other side cannot have seen the request.
    #[must_use]
    pub const fn was_not_sent(&self) -> bool {
        matches!(self, Self::Connect(_))
    }

    /// Whether the guard did not let it go there: this says nothing about the system, and stays so.
    #[must_use]
    pub const fn was_refused(&self) -> bool {
        matches!(self, Self::Connect(ConnectError::Refused(_) | ConnectError::Own))
    }
}

impl Outbound {
    /// A client for what `origin` wrote. Connecting takes at most `connect_timeout`.
    #[must_use]
    pub fn new(egress: Arc<Egress>, origin: Origin, connect_timeout: Duration) -> Self {
        let connector = Connector::new(egress, origin, connect_timeout);
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config())
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(connector.clone());
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .build(https);
        Self { client, connector }
    }

    /// Sends a request with an absolute URI; returns when the head of the answer is there. Has no deadline of its own:
    /// dropping the future ends the request.
    ///
    /// # Errors
    /// [`OutboundError`].
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, OutboundError> {
        self.client.request(request).await.map_err(|error| {
            let refused = connect::cause(&error).map(ConnectError::describe);
            match refused {
                Some(error) => OutboundError::Connect(error),
                // TLS that fails, too, is a connection that was not made.
                None if error.is_connect() => OutboundError::Connect(ConnectError::Insecure(error.into())),
                None => OutboundError::Broken(error.into()),
            }
        })
    }

    /// Opens a connection to where `uri` leads, and closes it again.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn reach(&self, uri: &Uri) -> Result<(), ConnectError> {
        self.connector.connect(uri).await.map(drop)
    }
}
