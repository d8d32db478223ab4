//! Opens connections, each checked after name resolution.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use puente_domain::catalog::Origin;
use tokio::net::TcpStream;
use tower::Service;

use crate::{Egress, egress::EgressRefused};

/// Why there is no connection. `Display` names no address of a private network beyond what the guard says.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The egress guard says no.
    #[error(transparent)]
    Refused(#[from] EgressRefused),
    /// An editor's source leads to Puente's own database.
    #[error("this is Puente's own database")]
    Own,
    /// The URI names no host.
    #[error("the address names no host")]
    NoHost,
    /// The name is unknown.
    #[error("the host name cannot be resolved")]
    Unresolved(#[source] io::Error),
    /// Nobody listens there, or the network is down.
    #[error("no connection can be opened")]
    Unreachable(#[source] io::Error),
    /// It took too long.
    #[error("no connection was opened in time")]
    TimedOut,
    /// TLS failed: a certificate that is not trusted, another protocol.
    #[error("no secure connection can be made")]
    Insecure(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ConnectError {
    /// The same error: errors within other errors cannot be taken out.
    pub(super) fn describe(&self) -> Self {
        let copy = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
        match self {
            Self::Refused(refused) => Self::Refused(refused.clone()),
            Self::Own => Self::Own,
            Self::NoHost => Self::NoHost,
            Self::Unresolved(error) => Self::Unresolved(copy(error)),
            Self::Unreachable(error) => Self::Unreachable(copy(error)),
            Self::TimedOut => Self::TimedOut,
            Self::Insecure(error) => Self::Insecure(error.to_string().into()),
        }
    }
}

/// The connection's error inside of a client's.
pub(super) fn cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a ConnectError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<ConnectError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Makes TCP connections for one author of definitions.
#[derive(Clone)]
pub(super) struct Connector {
    egress: Arc<Egress>,
    origin: Origin,
    timeout: Duration,
}

impl Connector {
    pub(super) fn new(egress: Arc<Egress>, origin: Origin, timeout: Duration) -> Self {
        Self { egress, origin, timeout }
    }

    pub(super) async fn connect(&self, uri: &Uri) -> Result<TokioIo<TcpStream>, ConnectError> {
        let opened = tokio::time::timeout(self.timeout, self.open(uri)).await;
        opened.unwrap_or(Err(ConnectError::TimedOut)).map(TokioIo::new)
    }

    async fn open(&self, uri: &Uri) -> Result<TcpStream, ConnectError> {
        let host = uri.host().ok_or(ConnectError::NoHost)?.trim_matches(['[', ']']);
        let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        self.refuse_own(host, port)?;
        let resolved = tokio::net::lookup_host((host, port)).await.map_err(ConnectError::Unresolved)?;
        let addresses: Vec<SocketAddr> = resolved.collect();
        for address in &addresses {
            self.egress.check(address.ip(), self.origin)?;
            if self.origin == Origin::Editor && self.egress.is_own_address(address.ip(), port).await {
                return Err(ConnectError::Own);
            }
        }
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(ConnectError::Unreachable)?;
                    return Ok(stream);
                }
                Err(error) => failed = error,
            }
        }
        Err(ConnectError::Unreachable(failed))
    }

    fn refuse_own(&self, host: &str, port: u16) -> Result<(), ConnectError> {
        if self.origin == Origin::Editor && self.egress.is_own(host, port) { Err(ConnectError::Own) } else { Ok(()) }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(&uri).await })
    }
}
