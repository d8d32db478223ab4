//! What stands between clients and the gateway.

use std::sync::Arc;

use puente_api::{ApiState, Options, Readiness};
use puente_gateway::{McpHandler, StoredSessions, VaultSealer};
use puente_mcp::{McpHttp, Service};

use crate::App;

/// The protocol service, for every transport.
pub(crate) fn service(app: &App) -> Arc<Service<McpHandler>> {
    let handler = Arc::new(McpHandler(app.gateway.clone()));
    let sealer = Arc::new(VaultSealer(app.vault.clone()));
    let options = puente_mcp::Options { max_body: app.config.limits.max_body_bytes, ..puente_mcp::Options::default() };
    Service::new(handler, sealer, app.clock.clone(), options)
}

/// The HTTP side; `port` is the one that the listener got.
pub(crate) fn http(app: &App, service: Arc<Service<McpHandler>>, port: u16) -> ApiState {
    let sessions = Arc::new(StoredSessions(app.gateway.clone()));
    ApiState {
        gateway: app.gateway.clone(),
        mcp: McpHttp::new(service, Some(sessions)),
        options: Arc::new(Options::new(&app.config, port)),
        readiness: Readiness::default(),
        maintenance: puente_api::Maintenance::default(),
    }
}
