//! Why a body is no message.

use super::{MAX_BATCH, MAX_DEPTH, OwnedId};

/// Why a body is no message that we take.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// Not JSON (−32700).
    #[error("the body is not JSON: {0}")]
    Syntax(String),
    /// JSON, but no JSON-RPC message (−32600).
    #[error("not a JSON-RPC 2.0 message: {reason}")]
    Invalid {
        /// What is wrong.
        reason: String,
        /// The request's id, where it could be read.
        id: Option<OwnedId>,
    },
    /// Nested too deeply (−32600).
    #[error("the body nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A batch of nothing or of too much (−32600).
    #[error("a batch must have 1 to {MAX_BATCH} messages")]
    BatchSize,
}

impl EnvelopeError {
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid { reason: reason.into(), id: None }
    }

    /// The JSON-RPC error code.
    #[must_use]
    pub fn code(&self) -> i32 {
        match self {
            Self::Syntax(_) => -32700,
            Self::Invalid { .. } | Self::TooDeep | Self::BatchSize => -32600,
        }
    }

    /// The id of the request, where it could be read.
    #[must_use]
    pub fn id(&self) -> Option<&OwnedId> {
        match self {
            Self::Invalid { id, .. } => id.as_ref(),
            _ => None,
        }
    }
}
