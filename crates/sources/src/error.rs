//! How a source fails: what the agent is told, and what the log is told.

use puente_mcp::McpError;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failed operation of a source. `Display` is what the agent may read; `source()` goes to the log only.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system refused this call: a tool error in the system's own words, if they tell nothing secret.
    #[error("{message}")]
    Failed {
        /// For the agent: what is wrong and, if known, what to do.
        message: String,
        /// For the log.
        #[source]
        cause: Option<Cause>,
    },
    /// The system cannot be reached; other sources go on. Failures of this kind, and deadlines, open the source's circuit
    /// for everyone: never use it for what hangs on one user's credentials.
    #[error("source '{name}' is not available: {message}")]
    Unavailable {
        /// The source.
        name: String,
        /// For the agent, without host names or credentials.
        message: String,
        /// For the log.
        #[source]
        cause: Option<Cause>,
    },
    /// The deadline passed; the statement was stopped inside the system.
    #[error("the call took longer than {limit_ms} ms and was stopped")]
    TimedOut {
        /// The deadline in milliseconds.
        limit_ms: u64,
    },
    /// The caller gave it up; it was stopped inside the system.
    #[error("the call was cancelled")]
    Cancelled,
    /// The answer is larger than Puente is willing to hold.
    #[error("the result is larger than {limit_bytes} bytes; ask for less (a limit, a filter, fewer columns)")]
    TooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// A protocol error that goes on the wire as it is.
    #[error(transparent)]
    Protocol(#[from] McpError),
    /// The definition cannot work: `source test`, `apply` and `doctor` show it.
    #[error("{0}")]
    Definition(String),
}

impl SourceError {
    /// A failure that the agent may read, without a cause for the log.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed { message: message.into(), cause: None }
    }
}
