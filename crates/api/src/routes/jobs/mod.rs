//! The durable queue.

mod cancel;
mod counts;
mod get;
mod list;
mod retry;

use puente_domain::{
    Timestamp,
    job::{JobRecord, JobState},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub(super) fn router() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(counts::counts))
        .routes(routes!(get::get))
        .routes(routes!(retry::retry))
        .routes(routes!(cancel::cancel))
}

/// A job of the durable queue.
#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub(super) struct JobBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// What is done.
    kind: String,
    /// On what; its form depends on the kind.
    payload: Value,
    /// `queued`, `running`, `done`, `dead` or `cancelled`.
    #[schema(value_type = String)]
    state: JobState,
    /// Higher ones run first.
    priority: i64,
    /// Of jobs with the same key only one waits or runs at a time.
    unique_key: Option<String>,
    /// How often it was started.
    attempts: u32,
    /// How often it may be started.
    max_attempts: u32,
    /// When it may run, at the earliest.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// The process that runs it.
    holder: Option<String>,
    /// When a running job is taken from its process, unless that prolongs it.
    #[schema(value_type = Option<String>, format = DateTime)]
    lease_until: Option<Timestamp>,
    /// Whether a running job was told to end.
    cancel_requested: bool,
    /// Why the last try failed.
    error: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its last try began.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

impl From<JobRecord> for JobBody {
    fn from(job: JobRecord) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            payload: serde_json::from_str(&job.payload).unwrap_or(Value::String(job.payload)),
            state: job.state,
            priority: job.priority,
            unique_key: job.unique_key,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            holder: job.holder,
            lease_until: job.lease_until,
            cancel_requested: job.cancel_requested,
            error: job.error,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}
