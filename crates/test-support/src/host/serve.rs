//! A host on a free port of the loopback interface.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use puente_domain::SystemClock;
use puente_mcp::{Era, McpHttp, Options, Service, http::origin::AllowedHosts, sessions::SessionStore};
use puente_sources::Source;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Host, TestSealer};

/// A server that runs until it is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves; [`Service::shutdown`] ends its streams.
    pub service: Arc<Service<Host>>,
    requests: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Running {
    /// The URL of the MCP endpoint.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Every HTTP request so far: its method, or the `Mcp-Method` of a modern POST.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Clone)]
struct App {
    host: Arc<Host>,
    http: McpHttp<Host>,
    hosts: Arc<AllowedHosts>,
    only: Option<Era>,
    requests: Arc<Mutex<Vec<String>>>,
}

/// Serves `sources` at `/mcp` on `address`; port 0 is a free one.
pub async fn serve(
    address: &str,
    sources: Vec<Arc<dyn Source>>,
    options: Options,
    store: Option<Arc<dyn SessionStore>>,
) -> std::io::Result<Running> {
    serve_only(address, sources, options, store, None).await
}

/// As [`serve`], but only in one era, as servers that do not know the other one.
pub async fn serve_only(
    address: &str,
    sources: Vec<Arc<dyn Source>>,
    options: Options,
    store: Option<Arc<dyn SessionStore>>,
    only: Option<Era>,
) -> std::io::Result<Running> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let host = Host::new(sources);
    let service = Service::new(host.clone(), Arc::new(TestSealer::default()), Arc::new(SystemClock), options);
    let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let requests = Arc::<Mutex<Vec<String>>>::default();
    let app = App {
        host,
        http: McpHttp::new(service.clone(), store),
        hosts: Arc::new(AllowedHosts::new(local)),
        only,
        requests: requests.clone(),
    };
    let router = Router::new().route("/mcp", any(handle)).route("/log", get(log)).with_state(app);
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            eprintln!("the test server ended: {error}");
        }
    });
    Ok(Running { address, service, requests, server })
}

/// What came so far: HTTP requests, and executions of tools.
async fn log(State(app): State<App>) -> Json<Value> {
    let requests = app.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Json(json!({ "requests": requests, "calls": app.host.calls() }))
}

async fn handle(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let named = parts.headers.get("mcp-method").and_then(|value| value.to_str().ok());
    let what = named.unwrap_or(parts.method.as_str()).to_owned();
    app.requests.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    if let Some(refused) = app.only.and_then(|only| foreign(only, &parts)) {
        return refused;
    }
    match app.hosts.check(&parts.headers, parts.uri.authority().map(axum::http::uri::Authority::as_str)) {
        Ok(()) => app.http.handle((), parts, body).await,
        Err(error) => (StatusCode::FORBIDDEN, error.to_string()).into_response(),
    }
}

/// What a server of one era says to a request of the other.
fn foreign(only: Era, parts: &Parts) -> Option<Response> {
    let version = parts.headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
    let modern = version == Some("2026-07-28");
    let refuse = |status: StatusCode, code: i32, message: &str, data: Value| {
        let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": message, "data": data}});
        Some((status, Json(error)).into_response())
    };
    match only {
        Era::Legacy if modern => refuse(StatusCode::BAD_REQUEST, -32000, "unsupported protocol version", Value::Null),
        Era::Modern if parts.method != Method::POST => Some(StatusCode::METHOD_NOT_ALLOWED.into_response()),
        Era::Modern if !modern => {
            let data = json!({"supported": ["2026-07-28"]});
            refuse(StatusCode::BAD_REQUEST, -32022, "unsupported protocol version", data)
        }
        _ => None,
    }
}
