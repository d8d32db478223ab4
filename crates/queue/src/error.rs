//! What can go wrong: with the queue, and with a job.

use puente_storage::StorageError;

/// The queue failed; nothing was queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The database did.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A job that is no JSON.
    #[error("a job of kind '{kind}' cannot be written as JSON")]
    Payload {
        /// Its kind.
        kind: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// Why a try failed, in words for the administrator who reads the job. Secrets do not belong here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JobError {
    /// In words.
    pub message: String,
    /// Whether another try would end the same way.
    pub permanent: bool,
}

impl JobError {
    /// Another try may succeed.
    #[must_use]
    pub fn transient(message: impl Into<String>) -> Self {
        Self { message: message.into(), permanent: false }
    }

    /// No other try will: the job is dead at once.
    #[must_use]
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), permanent: true }
    }
}

impl From<StorageError> for JobError {
    fn from(error: StorageError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "a job could not use the database");
        Self::transient(error.to_string())
    }
}
