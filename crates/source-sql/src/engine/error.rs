//! How an engine fails.

use puente_sources::SourceError;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failed statement. `Display` may be read by agents.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// The database refused it.
    #[error("{message}")]
    Refused {
        /// In the database's words.
        message: String,
        /// For the log.
        #[source]
        cause: Option<Cause>,
    },
    /// The database does not answer.
    #[error("{message}")]
    Unreachable {
        /// Without host names or credentials.
        message: String,
        /// For the log.
        #[source]
        cause: Option<Cause>,
    },
    /// It took too long and was stopped.
    #[error("the statement took longer than {limit_ms} ms")]
    TimedOut {
        /// The limit.
        limit_ms: u64,
    },
    /// The caller gave up and it was stopped.
    #[error("the statement was cancelled")]
    Cancelled,
    /// The result exceeds the limit.
    #[error("the result is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
}

impl EngineError {
    /// The database refused it, in these words.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), cause: None }
    }

    /// It took longer than `limit`.
    pub(crate) fn timed_out(limit: std::time::Duration) -> Self {
        Self::TimedOut { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) }
    }

    /// The database does not answer.
    pub(crate) fn unreachable(message: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::Unreachable { message: message.into(), cause: Some(cause.into()) }
    }

    /// The database sent something that cannot be decoded.
    pub(crate) fn unreadable(cause: impl Into<Cause>) -> Self {
        Self::Refused { message: "a value from the database could not be read".to_owned(), cause: Some(cause.into()) }
    }

    /// What the gateway is told.
    pub(crate) fn into_source_error(self, source: &str) -> SourceError {
        match self {
            Self::Refused { message, cause } => SourceError::Failed { message, cause },
            Self::Unreachable { message, cause } => {
                SourceError::Unavailable { name: source.to_owned(), message, cause }
            }
            Self::TimedOut { limit_ms } => SourceError::TimedOut { limit_ms },
            Self::Cancelled => SourceError::Cancelled,
            Self::TooLarge { limit_bytes } => SourceError::TooLarge { limit_bytes },
        }
    }
}
