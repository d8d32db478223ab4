//! Tasks in memory.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use puente_domain::Clock;
use puente_mcp::{
    Era, Inputs, McpError, Outcome, TaskHandle, ToolResult,
    handler::{Event, TaskEvent},
};
use puente_sources::SourceError;
use rmcp::model::{DetailedTask, InputRequests, JsonObject, Task, TaskPayload, TaskStatus};
use serde_json::Value;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::handler::OwnedCall;

/// How long a call may take before it becomes a task.
const QUICK: Duration = Duration::from_millis(100);
const TTL_MS: u64 = 300_000;
const POLL_MS: u64 = 100;

/// The tasks of a host.
pub(super) struct Tasks {
    all: Mutex<HashMap<String, Arc<Entry>>>,
    events: broadcast::Sender<Event>,
    clock: Arc<dyn Clock>,
}

struct Entry {
    task: Mutex<DetailedTask>,
    answers: Mutex<BTreeMap<String, Value>>,
    answered: Notify,
    cancel: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Called = Result<Outcome<ToolResult>, SourceError>;

impl Tasks {
    pub(super) fn new(events: broadcast::Sender<Event>, clock: Arc<dyn Clock>) -> Self {
        Self { all: Mutex::default(), events, clock }
    }

    /// Runs a call; one that is not quick goes on as a task. What a call asks before that is asked in rounds.
    pub(super) async fn run(&self, call: OwnedCall) -> Called {
        let cancel = call.cancel.clone();
        let first = call.clone();
        let mut running = Box::pin(async move { first.run().await });
        if let Ok(outcome) = tokio::time::timeout(QUICK, &mut running).await {
            return outcome;
        }
        let now = self.clock.now().to_string();
        let id = uuid::Uuid::new_v4().to_string();
        let task = Task::new(id.clone(), TaskStatus::Working, now.clone(), now)
            .with_ttl_ms(TTL_MS)
            .with_poll_interval_ms(POLL_MS);
        let entry = Arc::new(Entry {
            task: Mutex::new(DetailedTask::new(task.clone(), TaskPayload::Working)),
            answers: Mutex::default(),
            answered: Notify::new(),
            cancel,
        });
        lock(&self.all).insert(id, entry.clone());
        let (events, clock) = (self.events.clone(), self.clock.clone());
        tokio::spawn(async move {
            let payload = tokio::select! {
                biased;
                () = entry.cancel.cancelled() => TaskPayload::Cancelled,
                payload = entry.finish(running, call, &events, &*clock) => payload,
            };
            entry.set(payload, &events, &*clock);
        });
        Ok(Outcome::Task(TaskHandle(task)))
    }

    pub(super) fn get(&self, id: &str) -> Result<DetailedTask, McpError> {
        Ok(lock(&self.find(id)?.task).clone())
    }

    /// Takes answers; those that nobody asked for are ignored.
    pub(super) fn update(&self, id: &str, responses: BTreeMap<String, Value>) -> Result<(), McpError> {
        let entry = self.find(id)?;
        let mut task = lock(&entry.task);
        if let TaskPayload::InputRequired { input_requests } = &mut task.payload {
            for (key, response) in responses {
                if input_requests.remove(&key).is_some() {
                    lock(&entry.answers).insert(key, response);
                }
            }
            if input_requests.is_empty() {
                let working = DetailedTask::new(task.task.clone(), TaskPayload::Working);
                *task = working;
                entry.answered.notify_one();
            }
        }
        Ok(())
    }

    pub(super) fn cancel(&self, id: &str) -> Result<(), McpError> {
        self.find(id)?.cancel.cancel();
        Ok(())
    }

    fn find(&self, id: &str) -> Result<Arc<Entry>, McpError> {
        let found = lock(&self.all).get(id).cloned();
        found.ok_or_else(|| McpError::InvalidParams(format!("there is no task `{id}`")))
    }
}

impl Entry {
    /// Runs until there is a result, asking meanwhile.
    async fn finish(
        &self,
        first: impl Future<Output = Called>,
        call: OwnedCall,
        events: &broadcast::Sender<Event>,
        clock: &dyn Clock,
    ) -> TaskPayload {
        let mut outcome = first.await;
        loop {
            match outcome {
                Ok(Outcome::InputRequired(required)) => {
                    let responses = self.ask(required.requests, events, clock).await;
                    let inputs = Inputs { responses, state: required.state };
                    outcome = call.clone().with_inputs(inputs).run().await;
                }
                Ok(Outcome::Complete(result)) => return TaskPayload::Completed { result: result.into_object() },
                Ok(Outcome::Task(_)) => return failed(McpError::Internal),
                Err(SourceError::Protocol(error)) => return failed(error),
                Err(error) => {
                    return TaskPayload::Completed { result: ToolResult::error(error.to_string()).into_object() };
                }
            }
        }
    }

    async fn ask(
        &self,
        input_requests: InputRequests,
        events: &broadcast::Sender<Event>,
        clock: &dyn Clock,
    ) -> BTreeMap<String, Value> {
        self.set(TaskPayload::InputRequired { input_requests }, events, clock);
        self.answered.notified().await;
        std::mem::take(&mut lock(&self.answers))
    }

    fn set(&self, payload: TaskPayload, events: &broadcast::Sender<Event>, clock: &dyn Clock) {
        let mut task = lock(&self.task);
        let mut base = task.task.clone();
        base.last_updated_at = clock.now().to_string();
        *task = DetailedTask::new(base, payload);
        // Without subscribers there is nobody to tell.
        let _ = events.send(Event::Task(Box::new(TaskEvent(task.clone()))));
    }
}

fn failed(error: McpError) -> TaskPayload {
    let error = serde_json::to_value(error.into_data(Era::Modern)).unwrap_or_default();
    let error = match error {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    };
    TaskPayload::Failed { error }
}
