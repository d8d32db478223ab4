//! How a request of an MCP client ends without a result.

use puente_domain::audit::Outcome;
use puente_mcp::McpError;
use puente_sources::SourceError;

use crate::{Refusal, audit::Unwritable};

/// Why there is no result. Shared by all who wait for the same flight, so it holds no source chain: that is logged
/// where it occurs.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// There is no such thing, or none that the caller may know of.
    Unknown(McpError),
    /// The caller may not.
    Refused(Refusal),
    /// The token of an OAuth client allows less than this tool needs.
    Scope(String),
    /// A limit was reached.
    Limited {
        /// Whole seconds, at least 1.
        retry_after_secs: u64,
    },
    /// What the agent reads as a tool error.
    Tool {
        /// For the model.
        message: String,
        /// For the audit trail.
        outcome: Outcome,
    },
    /// Anything else that goes on the wire as it is.
    Protocol(McpError),
}

impl Failure {
    pub(crate) const fn limited(retry_after_secs: u64) -> Self {
        Self::Limited { retry_after_secs: if retry_after_secs == 0 { 1 } else { retry_after_secs } }
    }

    /// A tool error.
    pub(crate) fn tool(message: impl Into<String>) -> Self {
        Self::Tool { message: message.into(), outcome: Outcome::Error }
    }

    /// For the audit trail.
    pub(crate) const fn outcome(&self) -> Outcome {
        match self {
            Self::Unknown(_) | Self::Refused(_) | Self::Scope(_) => Outcome::Refused,
            Self::Limited { .. } => Outcome::Limited,
            Self::Tool { outcome, .. } => *outcome,
            Self::Protocol(_) => Outcome::Error,
        }
    }

    /// What the caller is told, for the audit trail.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Tool { message, .. } => message.clone(),
            Self::Refused(refusal) => refusal.to_string(),
            Self::Limited { retry_after_secs } => format!("a limit was reached; try again in {retry_after_secs} s"),
            Self::Scope(tool) => McpError::InsufficientScope(tool.clone()).to_string(),
            Self::Unknown(error) | Self::Protocol(error) => error.to_string(),
        }
    }

    /// As a protocol error, where there are no tool errors.
    pub(crate) fn into_protocol(self) -> McpError {
        match self {
            Self::Unknown(error) | Self::Protocol(error) => error,
            Self::Scope(tool) => McpError::InsufficientScope(tool),
            Self::Limited { retry_after_secs } => McpError::Limited { retry_after_secs },
            Self::Refused(refusal) => raw(rmcp::model::ErrorCode::INVALID_REQUEST, refusal.to_string()),
            Self::Tool { message, .. } => raw(rmcp::model::ErrorCode::INTERNAL_ERROR, message),
        }
    }

    /// Logs a source's error with all its causes, and keeps what the agent may read.
    pub(crate) fn of_source(error: &SourceError, address: &str) -> Self {
        let outcome = match error {
            SourceError::Protocol(error) => return Self::Protocol(error.clone()),
            SourceError::TimedOut { .. } => Outcome::TimedOut,
            SourceError::Cancelled => Outcome::Cancelled,
            _ => Outcome::Error,
        };
        if std::error::Error::source(error).is_some() || matches!(error, SourceError::Unavailable { .. }) {
            tracing::warn!(target = address, error = error as &dyn std::error::Error, "a source failed");
        }
        Self::Tool { message: error.to_string(), outcome }
    }
}

fn raw(code: rmcp::model::ErrorCode, message: String) -> McpError {
    McpError::Raw(rmcp::model::ErrorData::new(code, message, None))
}

impl From<Unwritable> for Failure {
    fn from(unwritable: Unwritable) -> Self {
        Self::Protocol(raw(rmcp::model::ErrorCode::INTERNAL_ERROR, unwritable.to_string()))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
