//! A host on a free port of the loopback interface.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use puente_domain::SystemClock;
use puente_mcp::{McpHttp, Options, Service, handler::SessionStore, http::origin::AllowedHosts};
use puente_sources::Source;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Host, TestSealer};

/// A server that runs until it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves; [`Service::shutdown`] ends its streams.
    pub service: Arc<Service<Host>>,
    server: JoinHandle<()>,
}

impl Running {
    /// The URL of the MCP endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Clone)]
struct App {
    http: McpHttp<Host>,
    hosts: Arc<AllowedHosts>,
}

/// Serves `sources` at `/mcp` on `address`; port 0 is a free one.
pub async fn serve(
    address: &str,
    sources: Vec<Arc<dyn Source>>,
    options: Options,
    store: Option<Arc<dyn SessionStore>>,
) -> std::io::Result<Running> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let service = Service::new(Host::new(sources), Arc::new(TestSealer::default()), Arc::new(SystemClock), options);
    let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let app = App { http: McpHttp::new(service.clone(), store), hosts: Arc::new(AllowedHosts::new(local)) };
    let router = Router::new().route("/mcp", any(handle)).with_state(app);
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            eprintln!("the test server ended: {error}");
        }
    });
    Ok(Running { address, service, server })
}

async fn handle(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match app.hosts.check(&parts.headers, parts.uri.authority().map(axum::http::uri::Authority::as_str)) {
        Ok(()) => app.http.handle((), parts, body).await,
        Err(error) => (StatusCode::FORBIDDEN, error.to_string()).into_response(),
    }
}
