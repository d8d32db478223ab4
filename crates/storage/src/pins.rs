//! What was accepted of upstream servers' tools.

use async_trait::async_trait;
use puente_domain::{SourceId, catalog::ToolPin};

use crate::Result;

/// Accepted definitions of upstream tools.
#[async_trait]
pub trait PinRepository: Send {
    /// Of every source, by source and tool.
    async fn all(&mut self) -> Result<Vec<ToolPin>>;
    /// Of one source, by tool in byte order.
    async fn of(&mut self, source: SourceId) -> Result<Vec<ToolPin>>;
    /// Adds one if the tool has none yet; true if it was added. Missing: `tool_pins.source`.
    async fn add(&mut self, pin: &ToolPin) -> Result<bool>;
    /// Adds or replaces. Missing: `tool_pins.source`.
    async fn put(&mut self, pin: &ToolPin) -> Result<()>;
    /// Forgets one; false if there was none.
    async fn remove(&mut self, source: SourceId, tool: &str) -> Result<bool>;
}
