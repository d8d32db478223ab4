//! Calls of legacy upstreams that wait for their clients' answers.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use puente_domain::Subject;
use puente_mcp::{Client, InputMode};
use puente_sources::SourceError;
use serde_json::{Value, json};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use uuid::Uuid;

use super::drive::Running;

/// How long a client may take to answer: as long as its sealed state is valid.
const PATIENCE: Duration = Duration::from_mins(10);
/// How many calls of one caller may wait.
const MAX_WAITING: usize = 32;
/// Where in a state it says which call waits where.
const CALL: &str = "call";
const REPLICA: &str = "replica";

/// The calls that wait in this process.
#[derive(Default)]
pub(crate) struct Parked {
    replica: Replica,
    calls: Calls,
}

type Calls = Arc<Mutex<HashMap<Uuid, Waiting>>>;

struct Replica(Uuid);

impl Default for Replica {
    fn default() -> Self {
        Self(Uuid::now_v7())
    }
}

struct Waiting {
    running: Running,
    owner: Subject,
    /// Ends the waiting; ends itself with it.
    _end: AbortOnDropHandle<()>,
}

impl Parked {
    /// Whether a state was made by [`Parked::park`].
    pub(super) fn is_ours(state: &Value) -> bool {
        state.get(CALL).is_some()
    }

    /// Lets a call wait; returns the state that finds it again, which the protocol service seals and binds to the caller,
    /// the tool and its arguments.
    pub(super) fn park(
        &self,
        running: Running,
        owner: Subject,
        client: &Client,
        cancel: &CancellationToken,
    ) -> Result<Value, SourceError> {
        let mut calls = lock(&self.calls);
        if calls.values().filter(|waiting| waiting.owner == owner).count() >= MAX_WAITING {
            let message = format!("{MAX_WAITING} calls wait for your answers already; answer or cancel some of them");
            return Err(SourceError::failed(message));
        }
        let id = Uuid::new_v4();
        // The request of a legacy client goes on over all rounds, and can be cancelled between them.
        let cancel = (client.input == InputMode::Inline).then(|| cancel.clone());
        let end = AbortOnDropHandle::new(tokio::spawn(end(self.calls.clone(), id, cancel)));
        calls.insert(id, Waiting { running, owner, _end: end });
        Ok(json!({ CALL: id, REPLICA: self.replica.0 }))
    }

    /// Takes a call up again. It waits for one answer only: a second one finds nothing, and nothing is ever done twice.
    pub(super) fn take(&self, state: &Value, owner: Subject) -> Result<Running, SourceError> {
        let text = |key| state.get(key).and_then(Value::as_str).and_then(|text| text.parse::<Uuid>().ok());
        if text(REPLICA) != Some(self.replica.0) {
            return Err(gone("it waits in another process of Puente, or that was restarted"));
        }
        let mut calls = lock(&self.calls);
        let id = text(CALL).filter(|id| calls.get(id).is_some_and(|waiting| waiting.owner == owner));
        match id.and_then(|id| calls.remove(&id)) {
            Some(waiting) => Ok(waiting.running),
            None => Err(gone("it was answered already, was given up, or waited for too long")),
        }
    }

    /// Gives all of them up.
    pub(crate) fn clear(&self) {
        let calls = std::mem::take(&mut *lock(&self.calls));
        drop(calls);
    }
}

fn gone(reason: &str) -> SourceError {
    SourceError::failed(format!("this call does not wait for an answer any more: {reason}. Call the tool again"))
}

fn lock(calls: &Calls) -> MutexGuard<'_, HashMap<Uuid, Waiting>> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn end(calls: Calls, id: Uuid, cancel: Option<CancellationToken>) {
    let cancelled = async {
        match cancel {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = tokio::time::sleep(PATIENCE) => {}
        () = cancelled => {}
    }
    let waiting = lock(&calls).remove(&id);
    drop(waiting);
}
