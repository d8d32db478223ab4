//! What outlives a request: legacy MCP sessions and results that were too large to send.

use crate::{ResultId, SessionId, Subject, Timestamp};

/// A legacy MCP session of record: enough for another replica to go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpSession {
    /// The `Mcp-Session-Id`.
    pub id: SessionId,
    /// Who opened it; nobody else may use it.
    pub subject: Subject,
    /// The virtual server's name.
    pub server: String,
    /// The negotiated protocol version.
    pub protocol_version: String,
    /// The parameters of `initialize`, and what was subscribed since, as JSON.
    pub state: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Refreshed at most once a minute.
    pub last_seen_at: Timestamp,
}

/// A result beyond the byte budget, kept for its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResult {
    /// Its id; the URI is `puente://results/{id}`.
    pub id: ResultId,
    /// Who may read it.
    pub subject: Subject,
    /// `application/json` or `text/plain`.
    pub mime_type: String,
    /// The whole result.
    pub body: Vec<u8>,
    /// When it is deleted.
    pub expires_at: Timestamp,
    /// When it was stored.
    pub created_at: Timestamp,
}
