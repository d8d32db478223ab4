//! Errors that travel as JSON-RPC errors.

use rmcp::model::{ErrorCode, ErrorData};

/// `HeaderMismatch` (2026-07-28, basic, "Error Codes").
pub const HEADER_MISMATCH: i32 = -32020;
/// `MissingRequiredClientCapability`.
pub const MISSING_CAPABILITY: i32 = -32021;
/// `UnsupportedProtocolVersion`.
pub const UNSUPPORTED_VERSION: i32 = -32022;
/// A rate or concurrency limit. Ours: outside of the range that JSON-RPC reserves.
pub const LIMITED: i32 = -31429;

/// The token's scope does not allow the call.
pub const INSUFFICIENT_SCOPE: i32 = -31403;

/// A protocol error: what the client is told. It never carries a source chain; that goes to the log.
///
/// Errors *of a tool* are no `McpError`: they are a [`ToolResult`](crate::ToolResult) with `is_error`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum McpError {
    /// The params are not what the method takes; the message names the field.
    #[error("{0}")]
    InvalidParams(String),
    /// There is no tool of that name *for this caller* (−32602).
    #[error("unknown tool: {0}")]
    UnknownTool(String),
    /// There is no prompt of that name for this caller (−32602).
    #[error("unknown prompt: {0}")]
    UnknownPrompt(String),
    /// There is no resource of that URI for this caller (−32002 legacy, −32602 modern).
    #[error("unknown resource: {0}")]
    UnknownResource(String),
    /// The method is not offered (−32601).
    #[error("method not found: {0}")]
    MethodNotFound(String),
    /// A rate or concurrency limit; HTTP 429 where nothing was sent yet.
    #[error("too many requests; try again in {retry_after_secs} s")]
    Limited {
        /// Whole seconds, at least 1.
        retry_after_secs: u64,
    },
    /// The token allows less than this needs; HTTP 403 with a challenge, so that the client asks for another one
    /// (2025-11-25 and later, Authorization, "Scope Challenge Handling").
    #[error("the token's scope does not allow this: {0}")]
    InsufficientScope(String),
    /// The client lacks a capability that the call needs (−32021, the required capabilities as data).
    #[error("the client lacks a capability that this call needs")]
    MissingCapability(Box<rmcp::model::ClientCapabilities>),
    /// Ours; details are in the log under the request id (−32603).
    #[error("internal error")]
    Internal,
    /// Anything else, as it goes on the wire.
    #[error("{}", .0.message)]
    Raw(ErrorData),
}

impl McpError {
    /// A header does not say what the body says, or is missing (modern HTTP).
    #[must_use]
    pub fn header_mismatch(message: impl Into<String>) -> Self {
        Self::Raw(ErrorData::new(ErrorCode(HEADER_MISMATCH), message.into(), None))
    }

    /// The error as it goes on the wire of `era`.
    #[must_use]
    pub fn into_data(self, era: crate::Era) -> ErrorData {
        crate::reply::error_data(self, era)
    }
}
