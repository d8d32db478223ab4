//! The listener: connections, their limits, and their end.

mod patience;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use puente_config::Config;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use patience::Patient;

/// The largest head of a request, in bytes; beyond it: 431.
const MAX_HEAD: usize = 64 * 1024;
/// HTTP/2: calls at once on one connection.
const MAX_STREAMS: u32 = 256;
/// How long accepting rests when the process has no file descriptors left.
const REST: Duration = Duration::from_millis(100);

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions {
    /// How many at once; further ones wait in the kernel's queue.
    pub max_connections: usize,
    /// How long a client may take to send the head of a request, and a new connection until its first one.
    pub header_timeout: Duration,
    /// How long a client may refuse to take more of an answer.
    pub write_timeout: Duration,
}

impl ServeOptions {
    /// From the settings.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            max_connections: config.limits.max_connections.get(),
            header_timeout: config.limits.header_timeout,
            write_timeout: config.limits.body_timeout,
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 until `shutdown` is cancelled, then closes the listener and returns when every connection
/// has ended: idle ones at once, others after their answer. The caller decides how long it waits; what is dropped with
/// this future goes on in the background.
pub async fn serve(listener: TcpListener, router: Router, options: ServeOptions, shutdown: CancellationToken) {
    let (connections, slots) = (TaskTracker::new(), Arc::new(Semaphore::new(options.max_connections)));
    while let Some((stream, peer, slot)) = next(&listener, &slots, &shutdown).await {
        let connection = connection(stream, peer, router.clone(), options, shutdown.clone());
        connections.spawn(async move {
            connection.await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection, once there is a slot for it; `None` at the end.
async fn next(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accept = async {
        let slot = slots.clone().acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, slot)),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    };
    shutdown.run_until_cancelled(accept).await.flatten()
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    options: ServeOptions,
    shutdown: CancellationToken,
) {
    // Small answers go out at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
    let spoke = CancellationToken::new();
    let speaks = spoke.clone();
    let service = router.map_request(move |mut request: hyper::Request<Incoming>| {
        speaks.cancel();
        request.extensions_mut().insert(Peer(peer));
        request.map(Body::new)
    });
    let builder = builder(options);
    let io = TokioIo::new(Patient::new(stream, options.write_timeout));
    let connection = builder.serve_connection(io, TowerToHyperService::new(service));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = silence(spoke, options.header_timeout) => return,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = error.as_ref() as &dyn std::error::Error, %peer, "a connection ended badly");
    }
}

/// Ends if a new connection has not sent its first request in time: hyper waits for ever to learn which HTTP it speaks.
async fn silence(spoke: CancellationToken, patience: Duration) {
    if timeout(patience, spoke.cancelled()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

fn builder(options: ServeOptions) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(options.header_timeout).max_buf_size(MAX_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .keep_alive_interval(options.header_timeout)
        .keep_alive_timeout(options.header_timeout);
    builder
}
