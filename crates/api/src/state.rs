//! What the handlers share.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use puente_gateway::{Gateway, McpHandler};
use puente_mcp::McpHttp;

use crate::{Maintenance, Options};

/// Whether this replica wants requests. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on `/health/ready` answers 503, and connections close after their answer. Requests are still served.
    pub fn drain(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to drain.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    /// The use cases.
    pub gateway: Arc<Gateway>,
    /// What answers on the MCP endpoints.
    pub mcp: McpHttp<McpHandler>,
    /// How requests are taken in.
    pub options: Arc<Options>,
    /// Whether this replica wants requests.
    pub readiness: Readiness,
    /// Whether a transfer has the database for itself.
    pub maintenance: Maintenance,
}
