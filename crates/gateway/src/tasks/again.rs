//! A task whose process is gone or has ended, started anew here.

use std::sync::Arc;

use puente_mcp::Era;
use puente_queue::{GaveUp, JobError, Run};
use puente_storage::{StorageError, Transaction};
use rmcp::model::TaskPayload;
use tokio::time::Instant;

use super::{
    RunTask,
    drive::End,
    order::Order,
    state::{enter, unknown},
};
use crate::{Actor, Caller, Gateway, audit::CALL, work::Work};

impl Gateway {
    /// Executes a task from its beginning. Only tasks of tools that may run twice come here.
    pub(crate) async fn run_task(self: &Arc<Self>, job: RunTask, run: &Run) -> Result<(), JobError> {
        let record = self.storage.read().await?.tasks().by_id(job.task).await?;
        let Some(mut record) = record.filter(|record| !record.status.is_terminal()) else { return Ok(()) };
        let (caller, work) = self.ordered(&job).await?;
        tracing::info!(task = %record.id, tool = record.tool, attempt = run.attempt, "a task starts anew");
        if !self.put_state(&mut record, &TaskPayload::Working).await {
            return Ok(());
        }
        let scope = self.scope(&caller.actor, CALL, &work.tool.address, Some(&caller.server));
        let mut scope = scope.map_err(|unwritable| JobError::transient(unwritable.to_string()))?;
        scope.calls(&work.tool);
        let work = Arc::new(work);
        let running = self.spawn_round(work.clone(), scope);
        match self.rounds(&caller, &mut record, &run.cancel, work, running).await {
            End::State(payload) => {
                self.put_state(&mut record, &payload).await;
                Ok(())
            }
            End::Told => Err(JobError::transient("the task was told to end")),
        }
    }

    /// The call of a task, by the rights of now.
    async fn ordered(&self, job: &RunTask) -> Result<(Caller, Work), JobError> {
        let order = Order::open(&self.vault, job)
            .ok_or_else(|| JobError::transient("the task is sealed with a key that this process has not"))?;
        let principal = self.principal_of((order.subject, order.connection)).await.map_err(|error| match error {
            crate::Error::Unauthenticated(reason) => JobError::permanent(reason),
            error => JobError::transient(error.to_string()),
        })?;
        let actor =
            Actor { principal: Arc::new(principal), address: None, request_id: order.request_id.as_str().into() };
        let caller = self.enter(actor, &order.server).await.map_err(|error| JobError::permanent(error.to_string()))?;
        let work = self.ordered_work(&caller, order).await?;
        Ok((caller, work))
    }

    async fn ordered_work(&self, caller: &Caller, order: Order) -> Result<Work, JobError> {
        let view = self.view(caller, Era::Modern).map_err(|failure| JobError::permanent(failure.message()))?;
        let mut tools = view.tools.iter().map(|listed| &listed.item);
        // Its source may be about to be connected.
        let missing = || JobError::transient(format!("there is no tool {} now", order.tool));
        let tool = tools.find(|tool| *tool.address == *order.tool).ok_or_else(missing)?;
        if !tool.effect.is_repeatable() {
            return Err(JobError::permanent("the tool may not run twice any more"));
        }
        let who = self.who(&caller.actor);
        let running = self.limits.admit(&who).await.map_err(|failure| JobError::transient(failure.message()))?;
        let place = self.places.take(who).map_err(|failure| JobError::transient(failure.message()))?;
        let timeout = self.task_timeout(tool);
        Ok(Work {
            tool: tool.clone(),
            inputs: order.inputs(),
            client: order.client(),
            arguments: order.arguments,
            principal: caller.actor.principal.clone(),
            cancel: self.stopping.child_token(),
            deadline: Instant::now() + timeout,
            timeout,
            concurrency_wait: self.settings.concurrency_wait,
            max_bytes: self.settings.max_stored_bytes,
            running: Arc::new(running),
            place: Some(Arc::new(place)),
        })
    }

    /// Ends a task that nobody will execute any more, in the transaction that ends its job.
    pub(crate) async fn task_gave_up(
        &self,
        job: &RunTask,
        why: &GaveUp,
        tx: &mut dyn Transaction,
    ) -> Result<(), StorageError> {
        let Some(mut record) = tx.tasks().by_id(job.task).await? else { return Ok(()) };
        let payload = match why {
            GaveUp::Cancelled => TaskPayload::Cancelled,
            GaveUp::Dead(_) => unknown(),
        };
        enter(&self.vault, &mut record, &payload);
        record.updated_at = self.clock.now();
        if tx.tasks().update(&record).await? && *why != GaveUp::Cancelled {
            tracing::warn!(task = %record.id, tool = record.tool, "the outcome of a task is not known");
        }
        Ok(())
    }
}
