//! Work that is done later, and outlives the process that asked for it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{JobId, Timestamp};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its moment and for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// It was done.
    Done,
    /// It failed for good; its error says why.
    Dead,
    /// Someone gave it up.
    Cancelled,
}

impl JobState {
    /// Every state, in the order of a job's life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Dead, Self::Cancelled];

    /// The state as it is written in the database and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing changes any more, unless someone asks for another try.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Dead | Self::Cancelled)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A job as it is stored. Moments are by the database's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// What is to be done: the name of a handler.
    pub kind: String,
    /// On what: JSON that the handler understands.
    pub payload: String,
    /// Where it stands.
    pub state: JobState,
    /// Higher ones run first.
    pub priority: i64,
    /// Of jobs with the same key only one waits or runs at a time.
    pub unique_key: Option<String>,
    /// How often it was started.
    pub attempts: u32,
    /// How often it may be started.
    pub max_attempts: u32,
    /// When it may run, at the earliest.
    pub run_at: Timestamp,
    /// Who runs it.
    pub holder: Option<String>,
    /// When a running job is taken from its holder, unless that prolongs it.
    pub lease_until: Option<Timestamp>,
    /// Whether a running job is to end.
    pub cancel_requested: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its last try began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// When a recurring job comes next. Moments are by the database's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRecord {
    /// Its name.
    pub name: String,
    /// Five fields of cron, in UTC.
    pub cron: String,
    /// When it comes next.
    pub next_at: Timestamp,
}
