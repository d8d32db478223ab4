//! The state of a task: a row, and what clients are told of it.

use std::{error::Error, time::Duration};

use puente_auth::Vault;
use puente_bus::Hint;
use puente_domain::{
    JobId, TaskId,
    task::{TaskRecord, TaskStatus},
};
use puente_mcp::{
    Era, McpError,
    handler::{Event, TaskEvent},
};
use rmcp::model::{DetailedTask, JsonObject, Task, TaskPayload, TaskStatus as WireStatus};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::sealed::Part;
use crate::Gateway;

/// How long a client should wait before it asks again, in milliseconds.
const POLL_MS: u64 = 500;
/// Between tries to write a state.
pub(super) const AGAIN: Duration = Duration::from_millis(500);

/// What the client of a task is told whose executing process is gone.
pub(super) const UNKNOWN: &str =
    "the outcome is not known: Puente ended while the task ran; it may have changed something";

impl Gateway {
    /// Writes a state that is not the last one, however often it takes; false if the task has ended meanwhile.
    pub(super) async fn put_state(&self, record: &mut TaskRecord, payload: &TaskPayload) -> bool {
        enter(&self.vault, record, payload);
        record.updated_at = self.clock.now();
        loop {
            let write = async {
                let mut tx = self.storage.write().await?;
                let changed = tx.tasks().update(record).await?;
                tx.save().await?;
                Ok::<_, puente_storage::StorageError>(changed)
            };
            match write.await {
                Ok(changed) => {
                    if changed {
                        self.tell_task(record);
                    }
                    return changed;
                }
                Err(error) => log(record.id, &error),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Tells the clients that listen, here and elsewhere.
    pub(super) fn tell_task(&self, record: &TaskRecord) {
        self.tell_task_here(record);
        self.bus.publish(Hint::TaskChanged { task: record.id, by: self.queue.holder().to_owned() });
    }

    fn tell_task_here(&self, record: &TaskRecord) {
        if let Some(task) = detailed(&self.vault, record) {
            self.subscribers.send(record.subject, &record.server, &Event::Task(Box::new(TaskEvent(task))));
        }
    }

    /// Tells the clients that listen here what another replica changed.
    pub(crate) async fn task_changed_elsewhere(&self, task: TaskId, by: &str) {
        if by == self.queue.holder() || self.subscribers.is_empty() {
            return;
        }
        let read = async { self.storage.read().await?.tasks().by_id(task).await };
        match read.await {
            Ok(Some(record)) => self.tell_task_here(&record),
            Ok(None) => {}
            Err(error) => log(task, &error),
        }
    }
}

pub(super) fn log(task: TaskId, error: &(dyn Error + 'static)) {
    tracing::error!(%task, error, "a task's state could not be read or written; trying again");
}

/// The job of a task.
pub(super) const fn job_id(task: TaskId) -> JobId {
    JobId(task.0)
}

/// Puts a payload, and the status that it means, into a row.
pub(super) fn enter(vault: &Vault, record: &mut TaskRecord, payload: &TaskPayload) {
    let id = record.id;
    (record.status, record.payload) = match payload {
        TaskPayload::Working => (TaskStatus::Working, None),
        TaskPayload::InputRequired { input_requests } => {
            (TaskStatus::InputRequired, Part::State.seal(vault, id, input_requests).ok())
        }
        TaskPayload::Completed { result } => (TaskStatus::Completed, Part::State.seal(vault, id, result).ok()),
        TaskPayload::Cancelled => (TaskStatus::Cancelled, None),
        TaskPayload::Failed { error } => (TaskStatus::Failed, Part::State.seal(vault, id, error).ok()),
        _ => (TaskStatus::Failed, None),
    };
    record.answers = None;
}

/// The end of a task that has no result.
pub(super) fn failed(error: McpError) -> TaskPayload {
    let error = match serde_json::to_value(error.into_data(Era::Modern)) {
        Ok(Value::Object(error)) => error,
        _ => JsonObject::new(),
    };
    TaskPayload::Failed { error }
}

/// The end of a task whose executing process is gone.
pub(super) fn unknown() -> TaskPayload {
    failed(McpError::Raw(rmcp::model::ErrorData::internal_error(UNKNOWN, None)))
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

/// A row as it goes on the wire; `None` if its payload is none, or sealed with a key that this process has not.
pub(super) fn detailed(vault: &Vault, record: &TaskRecord) -> Option<DetailedTask> {
    let object = || opened::<JsonObject>(vault, record);
    let payload = match record.status {
        TaskStatus::Working => TaskPayload::Working,
        TaskStatus::Cancelled => TaskPayload::Cancelled,
        TaskStatus::InputRequired => TaskPayload::InputRequired { input_requests: opened(vault, record)? },
        TaskStatus::Completed => TaskPayload::Completed { result: object()? },
        TaskStatus::Failed => TaskPayload::Failed { error: object()? },
    };
    Some(DetailedTask::new(base(record), payload))
}

/// What the row's payload says.
pub(super) fn opened<T: DeserializeOwned>(vault: &Vault, record: &TaskRecord) -> Option<T> {
    Part::State.open(vault, record.id, record.payload.as_deref()?)
}
