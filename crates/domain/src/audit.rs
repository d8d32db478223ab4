//! The audit trail: who did what, when, with which outcome.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AuditId, Subject, Timestamp};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The source answered.
    Ok,
    /// The source, or the check of the arguments, reported an error to the agent.
    Error,
    /// The caller may not do this.
    Refused,
    /// A limit was reached.
    Limited,
    /// The caller cancelled it.
    Cancelled,
    /// The deadline passed.
    TimedOut,
    /// An intent whose outcome was never written: the process ended in between.
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Error, Self::Refused, Self::Limited, Self::Cancelled, Self::TimedOut, Self::Unknown];

    /// The outcome as it is written in the database and the REST API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One row of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its id; ids sort by time.
    pub id: AuditId,
    /// When it began.
    pub at: Timestamp,
    /// Who did it.
    pub subject: Subject,
    /// The caller's name at that moment; replaced by a pseudonym when the user is deleted.
    pub principal: String,
    /// What was done: `tools/call`, `resources/read`, `auth/token`, `users/create`, …
    pub action: String,
    /// To what: `source.tool`, a URI, a user's id, …
    pub target: String,
    /// The virtual server, where one was used.
    pub server: Option<String>,
    /// SHA-256 of the canonical arguments, in hexadecimal.
    pub arguments_hash: Option<String>,
    /// The arguments, sensitive ones redacted, if so configured.
    pub arguments: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// For people: the error told to the caller.
    pub detail: Option<String>,
    /// Wall time in microseconds.
    pub duration_us: i64,
    /// Time within the source in microseconds.
    pub source_us: i64,
    /// Size of the result in bytes.
    pub bytes: i64,
    /// Whether the answer came from the cache.
    pub cached: bool,
    /// The request id of the log.
    pub request_id: Option<String>,
    /// The caller's address.
    pub address: Option<String>,
}
