//! `tasks/get`, `tasks/update` and `tasks/cancel`: for the caller who started the task, on the same virtual server, on
//! any replica.

use std::collections::BTreeMap;

use puente_auth::Vault;
use puente_domain::{
    TaskId,
    task::{TaskRecord, TaskStatus},
};
use puente_mcp::McpError;
use puente_queue::Why;
use puente_storage::{StorageError, Transaction};
use rmcp::model::{DetailedTask, InputRequests, TaskPayload};
use serde_json::Value;

use super::{
    sealed::Part,
    state::{detailed, enter, job_id, opened},
};
use crate::{Caller, Gateway};

impl Gateway {
    /// The state of a task.
    pub(crate) async fn get_task(&self, caller: &Caller, task: &str) -> Result<DetailedTask, McpError> {
        let mut tx = self.storage.read().await.map_err(unreadable)?;
        let record = self.task_record(&mut *tx, caller, task).await?;
        detailed(&self.vault, &record).ok_or(McpError::Internal)
    }

    /// Takes answers to a task's questions; those that nobody asked for are ignored.
    pub(crate) async fn update_task(
        &self,
        caller: &Caller,
        task: &str,
        responses: BTreeMap<String, Value>,
    ) -> Result<(), McpError> {
        loop {
            let mut tx = self.storage.write().await.map_err(unreadable)?;
            let before = self.task_record(&mut *tx, caller, task).await?;
            let Some(mut after) = answered(&self.vault, &before, &responses) else { return Ok(()) };
            after.updated_at = self.clock.now();
            // Of two that answer at once, one looks again.
            if tx.tasks().answer(&before, &after).await.map_err(unreadable)? {
                tx.save().await.map_err(unreadable)?;
                self.tell_task(&after);
                return Ok(());
            }
        }
    }

    /// Gives a task up. One that has ended stays as it is.
    pub(crate) async fn cancel_task(&self, caller: &Caller, task: &str) -> Result<(), McpError> {
        let mut tx = self.storage.write().await.map_err(unreadable)?;
        let mut record = self.task_record(&mut *tx, caller, task).await?;
        enter(&self.vault, &mut record, &TaskPayload::Cancelled);
        record.updated_at = self.clock.now();
        if !tx.tasks().update(&record).await.map_err(unreadable)? {
            return Ok(());
        }
        let job = job_id(record.id);
        self.queue.cancel_in(&mut *tx, job).await.map_err(unreadable)?;
        tx.save().await.map_err(unreadable)?;
        self.queue.end_here(job, Why::Cancelled);
        self.queue.wake();
        self.tell_task(&record);
        Ok(())
    }

    async fn task_record(&self, tx: &mut dyn Transaction, caller: &Caller, task: &str) -> Result<TaskRecord, McpError> {
        let unknown = || McpError::InvalidParams(format!("there is no task `{task}`"));
        let id: TaskId = task.parse().map_err(|_| unknown())?;
        let subject = caller.actor.principal.subject;
        let record = tx.tasks().get(id, subject, self.clock.now()).await.map_err(unreadable)?;
        record.filter(|record| *record.server == *caller.server).ok_or_else(unknown)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it ends an error's life")]
fn unreadable(error: StorageError) -> McpError {
    tracing::error!(error = &error as &dyn std::error::Error, "a task could not be read or written");
    McpError::Internal
}

/// The row after these answers; `None` if it asked for none of them.
fn answered(vault: &Vault, before: &TaskRecord, responses: &BTreeMap<String, Value>) -> Option<TaskRecord> {
    if before.status != TaskStatus::InputRequired {
        return None;
    }
    let mut outstanding: InputRequests = opened(vault, before)?;
    let mut answers = answers(vault, before)?;
    let count = outstanding.len();
    for (key, response) in responses {
        if outstanding.remove(key).is_some() {
            answers.insert(key.clone(), response.clone());
        }
    }
    if outstanding.len() == count {
        return None;
    }
    let mut after = before.clone();
    let working = outstanding.is_empty();
    enter(
        vault,
        &mut after,
        &if working { TaskPayload::Working } else { TaskPayload::InputRequired { input_requests: outstanding } },
    );
    after.answers = Some(Part::Answers.seal(vault, before.id, &answers).ok()?);
    Some(after)
}

/// What the client has answered so far; `None` if this process cannot open it.
pub(super) fn answers(vault: &Vault, record: &TaskRecord) -> Option<BTreeMap<String, Value>> {
    record
        .answers
        .as_deref()
        .map_or_else(|| Some(BTreeMap::new()), |sealed| Part::Answers.open(vault, record.id, sealed))
}
