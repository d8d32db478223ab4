//! The state of a task: in memory while it runs, and as a row that every change is written to.

use std::collections::BTreeMap;

use puente_domain::{
    TaskId,
    task::{TaskRecord, TaskStatus},
};
use puente_mcp::handler::{Event, TaskEvent};
use rmcp::model::{DetailedTask, InputRequests, JsonObject, Task, TaskPayload, TaskStatus as WireStatus};
use serde_json::Value;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use crate::Gateway;

/// How long a client should wait before it asks again, in milliseconds.
const POLL_MS: u64 = 500;

/// A task that runs here.
pub(super) struct Entry {
    pub(super) id: TaskId,
    pub(super) cancel: CancellationToken,
    /// Held while a change is written, so that rows change in the order of the states.
    pub(super) state: Mutex<State>,
    /// All questions are answered.
    pub(super) answered: Notify,
}

pub(super) struct State {
    record: TaskRecord,
    /// Questions that are not answered yet.
    pub(super) outstanding: InputRequests,
    pub(super) answers: BTreeMap<String, Value>,
}

impl Entry {
    pub(super) fn new(record: TaskRecord, cancel: CancellationToken) -> Self {
        let id = record.id;
        let state = State { record, outstanding: InputRequests::default(), answers: BTreeMap::new() };
        Self { id, cancel, state: Mutex::new(state), answered: Notify::new() }
    }
}

impl Gateway {
    /// Writes the next state of a task down and tells its client. A task that has ended stays as it is.
    pub(super) async fn set_task(&self, state: &mut State, payload: &TaskPayload) {
        let record = &mut state.record;
        if record.status.is_terminal() {
            return;
        }
        record.status = status(payload);
        record.payload = body(payload);
        record.updated_at = self.clock.now();
        let write = async {
            let mut transaction = self.storage.write().await?;
            transaction.tasks().update(record).await?;
            transaction.save().await
        };
        if let Err(error) = write.await {
            tracing::error!(id = %record.id, error = &error as &dyn std::error::Error, "a task's state could not be kept");
        }
        let event = Event::Task(Box::new(TaskEvent(DetailedTask::new(base(record), payload.clone()))));
        self.subscribers.send(record.subject, &record.server, &event);
    }
}

/// The fields that every state has.
pub(super) fn base(record: &TaskRecord) -> Task {
    let ttl = record.expires_at.since(record.created_at);
    let mut task = Task::new(
        record.id.to_string(),
        WireStatus::Working,
        record.created_at.to_string(),
        record.updated_at.to_string(),
    )
    .with_ttl_ms(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX))
    .with_poll_interval_ms(POLL_MS);
    task.status_message.clone_from(&record.status_message);
    task
}

/// A row as it goes on the wire; `None` if its payload is none.
pub(super) fn detailed(record: &TaskRecord) -> Option<DetailedTask> {
    let object = || serde_json::from_str::<JsonObject>(record.payload.as_deref()?).ok();
    let payload = match record.status {
        TaskStatus::Working => TaskPayload::Working,
        TaskStatus::Cancelled => TaskPayload::Cancelled,
        TaskStatus::InputRequired => {
            TaskPayload::InputRequired { input_requests: serde_json::from_str(record.payload.as_deref()?).ok()? }
        }
        TaskStatus::Completed => TaskPayload::Completed { result: object()? },
        TaskStatus::Failed => TaskPayload::Failed { error: object()? },
    };
    Some(DetailedTask::new(base(record), payload))
}

fn status(payload: &TaskPayload) -> TaskStatus {
    match payload {
        TaskPayload::Working => TaskStatus::Working,
        TaskPayload::InputRequired { .. } => TaskStatus::InputRequired,
        TaskPayload::Completed { .. } => TaskStatus::Completed,
        TaskPayload::Cancelled => TaskStatus::Cancelled,
        _ => TaskStatus::Failed,
    }
}

fn body(payload: &TaskPayload) -> Option<String> {
    match payload {
        TaskPayload::InputRequired { input_requests } => serde_json::to_string(input_requests).ok(),
        TaskPayload::Completed { result } => serde_json::to_string(result).ok(),
        TaskPayload::Failed { error } => serde_json::to_string(error).ok(),
        _ => None,
    }
}
