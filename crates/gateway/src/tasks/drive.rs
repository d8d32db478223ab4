//! A task to its end, round by round.

use std::sync::Arc;

use puente_domain::{job::JobRecord, task::TaskRecord};
use puente_mcp::{InputRequired, Inputs, McpError, Outcome};
use puente_queue::{Held, Why};
use puente_storage::StorageError;
use rmcp::model::TaskPayload;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    become_task::{Round, TTL},
    state::{AGAIN, enter, failed, log, unknown},
};
use crate::{Caller, Gateway, audit::CALL, failure::Failure, work::Work};

/// How the rounds of a task ended.
pub(super) enum End {
    /// With its last state.
    State(TaskPayload),
    /// It was told to.
    Told,
}

/// A task that this process executes.
pub(super) struct Executed {
    pub(super) record: TaskRecord,
    pub(super) job: JobRecord,
    pub(super) held: Held,
}

impl Gateway {
    /// Executes a task that began here to its end.
    pub(super) async fn drive(
        self: Arc<Self>,
        caller: Caller,
        mut task: Executed,
        work: Arc<Work>,
        running: JoinHandle<Round>,
    ) {
        let repeatable = work.tool.effect.is_repeatable();
        let end = task.held.cancel().clone();
        let ended = self.rounds(&caller, &mut task.record, &end, work, running).await;
        match (ended, task.held.why()) {
            (End::State(payload), _) => self.end_task(&mut task, &payload).await,
            (End::Told, Some(Why::Lost)) => {}
            (End::Told, Some(Why::Cancelled)) => self.end_task(&mut task, &TaskPayload::Cancelled).await,
            (End::Told, _) if repeatable => self.give_task_back(&task).await,
            (End::Told, _) => self.end_task(&mut task, &unknown()).await,
        }
    }

    /// Waits for the round that runs, asks the client what it asks, runs the next one, and so on.
    pub(super) async fn rounds(
        self: &Arc<Self>,
        caller: &Caller,
        record: &mut TaskRecord,
        end: &CancellationToken,
        mut work: Arc<Work>,
        mut running: JoinHandle<Round>,
    ) -> End {
        loop {
            let round = tokio::select! {
                biased;
                () = told(end, &work) => return End::Told,
                round = &mut running => round.unwrap_or(Err(McpError::Internal)),
            };
            let required = match ended(round) {
                Ok(payload) => return End::State(payload),
                Err(required) => required,
            };
            let state = required.state.clone();
            let answers = tokio::select! {
                biased;
                () = told(end, &work) => return End::Told,
                answers = self.ask(record, required) => answers,
                () = sleep(TTL) => None,
            };
            let Some(responses) = answers else { return End::State(TaskPayload::Cancelled) };
            let Some(next) = next_round(&work, Inputs { responses, state }) else {
                return End::State(failed(McpError::Internal));
            };
            work = Arc::new(next);
            match self.scope(&caller.actor, CALL, &work.tool.address, Some(&caller.server)) {
                Ok(mut scope) => {
                    scope.calls(&work.tool);
                    running = self.spawn_round(work.clone(), scope);
                }
                Err(unwritable) => return End::State(failed(Failure::from(unwritable).into_protocol())),
            }
        }
    }

    /// Writes the last state, however often it takes, unless the task is in other hands.
    async fn end_task(&self, task: &mut Executed, payload: &TaskPayload) {
        enter(&self.vault, &mut task.record, payload);
        task.record.updated_at = self.clock.now();
        loop {
            match self.try_end_task(task).await {
                Ok(true) => return self.tell_task(&task.record),
                Ok(false) => return,
                Err(error) => log(task.record.id, &error),
            }
            if task.held.why() == Some(Why::Lost) || self.stopping.is_cancelled() {
                return;
            }
            sleep(AGAIN).await;
        }
    }

    /// True if the state is now the task's.
    async fn try_end_task(&self, task: &Executed) -> Result<bool, StorageError> {
        let mut tx = self.storage.write().await?;
        let ours = match task.held.why() {
            // The job counts as cancelled, too.
            Some(Why::Cancelled) => self.queue.release_in(&mut *tx, &task.job).await?,
            _ => self.queue.finish_in(&mut *tx, &task.job).await?,
        };
        if !ours {
            tracing::warn!(task = %task.record.id, "a task was taken away while it ran; its result is dropped");
            return Ok(false);
        }
        let changed = tx.tasks().update(&task.record).await?;
        tx.save().await?;
        Ok(changed)
    }

    /// Lets another process start the task anew.
    async fn give_task_back(&self, task: &Executed) {
        let give = async {
            let mut tx = self.storage.write().await?;
            self.queue.release_in(&mut *tx, &task.job).await?;
            tx.save().await
        };
        match give.await {
            Ok(()) => self.queue.wake(),
            // Its lease will end.
            Err(error) => log(task.record.id, &error),
        }
    }
}

/// Waits until the work is to end, and has its source end it.
async fn told(end: &CancellationToken, work: &Work) {
    tokio::select! {
        () = end.cancelled() => work.cancel.cancel(),
        () = work.cancel.cancelled() => {}
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
        place: work.place.clone(),
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
