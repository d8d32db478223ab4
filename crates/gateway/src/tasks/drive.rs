//! A task to its end, round by round.

use std::{collections::BTreeMap, sync::Arc};

use puente_mcp::{Era, InputRequired, Inputs, McpError, Outcome};
use rmcp::model::{JsonObject, TaskPayload};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{
    become_task::{Round, TTL},
    entry::Entry,
};
use crate::{Caller, Gateway, failure::Failure, work::Work};

impl Gateway {
    /// Waits for the round that runs, asks the client what it asks, runs the next one, and so on.
    pub(super) async fn drive(
        self: Arc<Self>,
        caller: Caller,
        entry: Arc<Entry>,
        mut work: Arc<Work>,
        mut running: JoinHandle<Round>,
    ) {
        let payload = loop {
            let round = tokio::select! {
                biased;
                () = entry.cancel.cancelled() => break TaskPayload::Cancelled,
                round = &mut running => round.unwrap_or(Err(McpError::Internal)),
            };
            let required = match ended(round) {
                Ok(payload) => break payload,
                Err(required) => required,
            };
            let state = required.state.clone();
            let Some(responses) = self.ask(&entry, required).await else { break TaskPayload::Cancelled };
            let Some(next) = next_round(&work, Inputs { responses, state }) else { break failed(McpError::Internal) };
            work = Arc::new(next);
            let scope = self.scope(&caller.actor, "tools/call", &work.tool.address, Some(&caller.server));
            match scope {
                Ok(scope) => running = self.spawn_round(work.clone(), scope),
                Err(unwritable) => break failed(Failure::from(unwritable).into_protocol()),
            }
        };
        self.set_task(&mut *entry.state.lock().await, &payload).await;
        self.tasks.lock().remove(&entry.id);
    }

    /// Puts questions to the client and waits for all answers; `None` if the task was cancelled meanwhile.
    async fn ask(&self, entry: &Entry, required: InputRequired) -> Option<BTreeMap<String, Value>> {
        if !required.requests.is_empty() {
            let mut state = entry.state.lock().await;
            state.outstanding.clone_from(&required.requests);
            state.answers.clear();
            let payload = TaskPayload::InputRequired { input_requests: required.requests };
            self.set_task(&mut state, &payload).await;
            drop(state);
            tokio::select! {
                () = entry.cancel.cancelled() => return None,
                () = tokio::time::sleep(TTL) => return None,
                () = entry.answered.notified() => {}
            }
        }
        Some(std::mem::take(&mut entry.state.lock().await.answers))
    }
}

fn next_round(work: &Work, inputs: Inputs) -> Option<Work> {
    Some(Work {
        tool: work.tool.clone(),
        arguments: work.arguments.clone(),
        inputs,
        principal: work.principal.clone(),
        client: work.client.clone(),
        cancel: work.cancel.clone(),
        deadline: tokio::time::Instant::now().checked_add(work.timeout)?,
        timeout: work.timeout,
        concurrency_wait: work.concurrency_wait,
        max_bytes: work.max_bytes,
        running: work.running.clone(),
    })
}

/// The last state, or what the client must answer first.
fn ended(round: Round) -> Result<TaskPayload, InputRequired> {
    match round {
        Ok(Outcome::Complete(result)) => Ok(TaskPayload::Completed { result: result.into_object() }),
        Ok(Outcome::InputRequired(required)) => Err(required),
        Ok(Outcome::Task(_)) => Ok(failed(McpError::Internal)),
        Err(error) => Ok(failed(error)),
    }
}

fn failed(error: McpError) -> TaskPayload {
    let error = match serde_json::to_value(error.into_data(Era::Modern)) {
        Ok(Value::Object(error)) => error,
        _ => JsonObject::new(),
    };
    TaskPayload::Failed { error }
}
