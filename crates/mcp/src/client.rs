//! The client's side of a running request: what it can do, and how to talk to it meanwhile.

use std::sync::Arc;

use rmcp::model::{JsonObject, TASKS_EXTENSION_ID};
use serde_json::Value;

use crate::{Era, InputMode, LoggingLevel, McpError};

pub use rmcp::model::ClientCapabilities;

/// The client of one request. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    /// How results are written for it.
    pub era: Era,
    /// How it can be asked for input.
    pub input: InputMode,
    /// What it declared.
    pub capabilities: Arc<ClientCapabilities>,
    /// `name version` from `clientInfo`, for the log and the audit; hostile input.
    pub info: Arc<str>,
    sink: Option<Arc<dyn ProgressSink>>,
}

/// Where notifications of a running request go. Implemented by the transports.
pub trait ProgressSink: Send + Sync {
    /// Sends a log message if the client asked for messages of that level.
    fn log(&self, level: LoggingLevel, logger: Option<&str>, data: Value);

    /// Sends progress if the client gave a progress token.
    fn progress(&self, progress: f64, total: Option<f64>, message: Option<String>);

    /// Whether the client gave a progress token.
    fn wants_progress(&self) -> bool;

    /// The least severe log messages that the client asked for; `None` for none at all.
    fn log_level(&self) -> Option<LoggingLevel> {
        None
    }

    /// Ends the response stream while the request goes on, so that the client polls for the rest (legacy, SEP-1699);
    /// nothing where that does not exist.
    fn close_stream(&self) {}
}

impl Client {
    /// A client as its transport knows it.
    #[must_use]
    pub fn new(
        era: Era,
        input: InputMode,
        capabilities: Arc<ClientCapabilities>,
        info: Arc<str>,
        sink: Option<Arc<dyn ProgressSink>>,
    ) -> Self {
        Self { era, input, capabilities, info, sink }
    }

    /// A client that cannot be reached meanwhile: the REST API, jobs, tests.
    #[must_use]
    pub fn silent(era: Era) -> Self {
        Self::new(era, InputMode::None, Arc::default(), "".into(), None)
    }

    /// Whether a call of this client may become a task: a modern client that declared the tasks extension.
    #[must_use]
    pub fn knows_tasks(&self) -> bool {
        let extensions = self.capabilities.extensions.as_ref();
        self.era == Era::Modern && extensions.is_some_and(|declared| declared.contains_key(TASKS_EXTENSION_ID))
    }

    /// Refuses a client that does not know tasks, for what exists only as one.
    pub fn require_tasks(&self) -> Result<(), McpError> {
        if self.knows_tasks() {
            return Ok(());
        }
        let mut required = ClientCapabilities::default();
        required.extensions = Some([(TASKS_EXTENSION_ID.to_owned(), JsonObject::new())].into());
        Err(McpError::MissingCapability(Box::new(required)))
    }

    /// See [`ProgressSink::log`].
    pub fn log(&self, level: LoggingLevel, logger: Option<&str>, data: Value) {
        if let Some(sink) = &self.sink {
            sink.log(level, logger, data);
        }
    }

    /// See [`ProgressSink::progress`].
    pub fn progress(&self, progress: f64, total: Option<f64>, message: Option<String>) {
        if let Some(sink) = &self.sink {
            sink.progress(progress, total, message);
        }
    }

    /// See [`ProgressSink::wants_progress`].
    #[must_use]
    pub fn wants_progress(&self) -> bool {
        self.sink.as_ref().is_some_and(|sink| sink.wants_progress())
    }

    /// See [`ProgressSink::log_level`].
    #[must_use]
    pub fn log_level(&self) -> Option<LoggingLevel> {
        self.sink.as_ref().and_then(|sink| sink.log_level())
    }

    /// See [`ProgressSink::close_stream`].
    pub fn close_stream(&self) {
        if let Some(sink) = &self.sink {
            sink.close_stream();
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("era", &self.era).field("input", &self.input).finish_non_exhaustive()
    }
}
