//! From a call to a task.

use std::{sync::Arc, time::Duration};

use puente_domain::{
    TaskId,
    job::JobRecord,
    task::{TaskRecord, TaskStatus},
};
use puente_mcp::{Client, InputMode, McpError, Outcome, TaskHandle, ToolResult};
use puente_queue::PushOptions;
use puente_sources::TaskSupport;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    drive::Executed,
    order::Order,
    places::Place,
    state::{base, job_id},
};
use crate::{Caller, Gateway, audit::Scope, catalog::CatalogTool, failure::Failure, reply, traced, work::Work};

/// How long a call may take before it becomes a task.
const QUICK: Duration = Duration::from_millis(100);
/// How long a task is kept after it must have ended, and how long it waits for answers.
pub(super) const TTL: Duration = Duration::from_hours(1);

/// How often a task may be started whose tool may run twice.
const REPEATS: u32 = 3;

/// How a round of a call ended.
pub(super) type Round = Result<Outcome<ToolResult>, McpError>;

/// Whether a call of this tool can become a task. A client that must know tasks and does not is told so.
pub(crate) fn becomes_task(tool: &CatalogTool, client: &Client) -> Result<bool, Failure> {
    match tool.settings.task {
        TaskSupport::Forbidden => Ok(false),
        TaskSupport::Optional => Ok(client.knows_tasks()),
        TaskSupport::Required => client.require_tasks().map(|()| true).map_err(Failure::Protocol),
    }
}

/// The client of a task can be asked in rounds, and hears nothing in between.
fn detached(work: Work, timeout: Duration, place: Place, cancel: CancellationToken) -> Work {
    let Client { era, capabilities, info, .. } = work.client;
    let client = Client::new(era, InputMode::Rounds, capabilities, info, None);
    Work { cancel, client, deadline: Instant::now() + timeout, timeout, place: Some(Arc::new(place)), ..work }
}

impl Gateway {
    /// Runs a call in a task of its own. What it brings within [`QUICK`], also a question, is the answer; after that it
    /// goes on as an MCP task.
    pub(crate) async fn call_as_task(self: &Arc<Self>, caller: &Caller, work: Work, scope: Scope) -> Round {
        let caller_left = work.cancel.clone();
        let place = match self.places.take(self.who(&caller.actor)) {
            Ok(place) => place,
            Err(full) => return reply::tool(scope, Err(full)).await,
        };
        let cancel = self.stopping.child_token();
        // A modern client that leaves drops this future.
        let leaving = cancel.clone().drop_guard();
        let timeout = self.task_timeout(&work.tool);
        let work = Arc::new(detached(work, timeout, place, cancel.clone()));
        let mut running = self.spawn_round(work.clone(), scope);
        let early = tokio::select! {
            biased;
            round = &mut running => Some(round),
            () = caller_left.cancelled() => {
                cancel.cancel();
                Some((&mut running).await)
            }
            () = tokio::time::sleep(QUICK) => None,
        };
        match early {
            Some(round) => round.unwrap_or(Err(McpError::Internal)),
            None => self.go_on(caller, work, running, leaving).await,
        }
    }

    /// How long a task of this tool may run between two questions.
    pub(super) fn task_timeout(&self, tool: &CatalogTool) -> Duration {
        tool.settings.timeout.unwrap_or(self.settings.task_timeout)
    }

    /// Runs a round to its end, whoever waits for it: source, budget, audit.
    pub(super) fn spawn_round(self: &Arc<Self>, work: Arc<Work>, mut scope: Scope) -> JoinHandle<Round> {
        let gateway = self.clone();
        self.background.spawn(traced::go_on(async move {
            let result = async {
                match gateway.call_source(&work, &mut scope).await? {
                    Outcome::Complete(result) => {
                        gateway.fit(&work.tool, work.principal.subject, result).await.map(Outcome::Complete)
                    }
                    other => Ok(other),
                }
            };
            let result = result.await;
            reply::tool(scope, result).await
        }))
    }

    async fn go_on(
        self: &Arc<Self>,
        caller: &Caller,
        work: Arc<Work>,
        running: JoinHandle<Round>,
        leaving: DropGuard,
    ) -> Round {
        let record = self.new_task(caller, &work);
        let job = match self.add_task(&record, &Order::new(caller, &work), &work).await {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(error = &*error, "a task could not be kept");
                return Err(McpError::Internal);
            }
        };
        leaving.disarm();
        let handle = TaskHandle(base(&record));
        let task = Executed { record, held: self.queue.hold(job.id), job };
        self.background.spawn(self.clone().drive(caller.clone(), task, work, running));
        Ok(Outcome::Task(handle))
    }

    fn new_task(&self, caller: &Caller, work: &Work) -> TaskRecord {
        let now = self.clock.now();
        TaskRecord {
            id: TaskId::new(),
            subject: work.principal.subject,
            server: caller.server.to_string(),
            tool: work.tool.address.to_string(),
            status: TaskStatus::Working,
            status_message: None,
            payload: None,
            answers: None,
            expires_at: now + work.timeout + TTL,
            created_at: now,
            updated_at: now,
        }
    }

    /// The task and the job that executes it, which is this process's already.
    async fn add_task(
        &self,
        record: &TaskRecord,
        order: &Order,
        work: &Work,
    ) -> Result<JobRecord, Box<dyn std::error::Error + Send + Sync>> {
        let attempts = if work.tool.effect.is_repeatable() { REPEATS } else { 1 };
        let options =
            PushOptions { id: Some(job_id(record.id)), max_attempts: Some(attempts), ..PushOptions::default() };
        let job = order.seal(&self.vault, record.id)?;
        let mut tx = self.storage.write().await?;
        tx.tasks().add(record).await?;
        let job = self.queue.adopt_in(&mut *tx, &job, options).await?;
        tx.save().await?;
        Ok(job)
    }
}
