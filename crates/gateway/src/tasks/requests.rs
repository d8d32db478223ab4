//! `tasks/get`, `tasks/update` and `tasks/cancel`: for the caller who started the task, on the same virtual server.

use std::collections::BTreeMap;

use puente_domain::{TaskId, task::TaskRecord};
use puente_mcp::McpError;
use rmcp::model::{DetailedTask, TaskPayload};
use serde_json::Value;

use super::entry::detailed;
use crate::{Caller, Gateway};

impl Gateway {
    /// The state of a task.
    pub(crate) async fn get_task(&self, caller: &Caller, task: &str) -> Result<DetailedTask, McpError> {
        let record = self.task_record(caller, task).await?;
        detailed(&record).ok_or(McpError::Internal)
    }

    /// Takes answers to a task's questions; those that nobody asked for are ignored.
    pub(crate) async fn update_task(
        &self,
        caller: &Caller,
        task: &str,
        responses: BTreeMap<String, Value>,
    ) -> Result<(), McpError> {
        let record = self.task_record(caller, task).await?;
        let Some(entry) = self.tasks.get(record.id) else { return Ok(()) };
        let mut state = entry.state.lock().await;
        let before = state.outstanding.len();
        for (key, response) in responses {
            if state.outstanding.remove(&key).is_some() {
                state.answers.insert(key, response);
            }
        }
        if state.outstanding.len() == before {
            return Ok(());
        }
        if state.outstanding.is_empty() {
            self.set_task(&mut state, &TaskPayload::Working).await;
            entry.answered.notify_one();
        } else {
            let payload = TaskPayload::InputRequired { input_requests: state.outstanding.clone() };
            self.set_task(&mut state, &payload).await;
        }
        Ok(())
    }

    /// Gives a task up. One that has ended stays as it is.
    pub(crate) async fn cancel_task(&self, caller: &Caller, task: &str) -> Result<(), McpError> {
        let record = self.task_record(caller, task).await?;
        if let Some(entry) = self.tasks.get(record.id) {
            entry.cancel.cancel();
            self.set_task(&mut *entry.state.lock().await, &TaskPayload::Cancelled).await;
        }
        Ok(())
    }

    async fn task_record(&self, caller: &Caller, task: &str) -> Result<TaskRecord, McpError> {
        let unknown = || McpError::InvalidParams(format!("there is no task `{task}`"));
        let id: TaskId = task.parse().map_err(|_| unknown())?;
        let subject = caller.actor.principal.subject;
        let read = async { self.storage.read().await?.tasks().get(id, subject, self.clock.now()).await };
        let record = read.await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a task could not be read");
            McpError::Internal
        })?;
        record.filter(|record| *record.server == *caller.server).ok_or_else(unknown)
    }
}
