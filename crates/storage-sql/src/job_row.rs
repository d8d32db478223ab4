//! A job as it is read.

use puente_domain::{
    JobId,
    job::{JobRecord, JobState},
};
use puente_storage::{Result, StorageError};
use uuid::Uuid;

use super::{Time, column, time::moment};

/// A row of `jobs`.
pub(crate) struct JobRow {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) payload: String,
    pub(crate) state: String,
    pub(crate) priority: i64,
    pub(crate) unique_key: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) max_attempts: i64,
    pub(crate) run_at: Time,
    pub(crate) holder: Option<String>,
    pub(crate) lease_until: Option<Time>,
    pub(crate) cancel_requested: bool,
    pub(crate) error: Option<String>,
    pub(crate) created_at: Time,
    pub(crate) started_at: Option<Time>,
    pub(crate) finished_at: Option<Time>,
}

impl TryFrom<JobRow> for JobRecord {
    type Error = StorageError;

    fn try_from(row: JobRow) -> Result<Self> {
        Ok(Self {
            id: JobId(row.id),
            kind: row.kind,
            payload: row.payload,
            state: state(&row.state)?,
            priority: row.priority,
            unique_key: row.unique_key,
            attempts: count("attempts", row.attempts)?,
            max_attempts: count("max_attempts", row.max_attempts)?,
            run_at: row.run_at.0,
            holder: row.holder,
            lease_until: moment(row.lease_until),
            cancel_requested: row.cancel_requested,
            error: row.error,
            created_at: row.created_at.0,
            started_at: moment(row.started_at),
            finished_at: moment(row.finished_at),
        })
    }
}

/// A state, as read.
pub(super) fn state(text: &str) -> Result<JobState> {
    JobState::ALL
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| column::inconsistent("jobs", &format_args!("'{text}' is no state")))
}

fn count(name: &str, value: i64) -> Result<u32> {
    u32::try_from(value).map_err(|_| column::inconsistent("jobs", &format_args!("{name} is {value}")))
}
