//! Tool calls that run as MCP tasks (extension `io.modelcontextprotocol/tasks`).

use serde::{Deserialize, Serialize};

use crate::{Subject, TaskId, Timestamp};

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It runs.
    Working,
    /// It waits for the client's input.
    InputRequired,
    /// It has a result.
    Completed,
    /// It has an error.
    Failed,
    /// The client gave it up.
    Cancelled,
}

impl TaskStatus {
    /// The status as it is written in the database and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::InputRequired => "input_required",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing changes any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// A task as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its id.
    pub id: TaskId,
    /// Who may see it.
    pub subject: Subject,
    /// The virtual server's name.
    pub server: String,
    /// `source.tool`.
    pub tool: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// For people.
    pub status_message: Option<String>,
    /// By status: the input requests, the result or the error, as JSON.
    pub payload: Option<String>,
    /// The client's answers so far to what it is asked, as a JSON object.
    pub answers: Option<String>,
    /// When it is deleted.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}
