//! The jobs that this process holds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use puente_domain::JobId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Why a held job is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Someone cancelled it.
    Cancelled,
    /// Its lease ended, and another process may have it.
    Lost,
    /// This process is about to end.
    Stopping,
}

/// A job that this process holds, until it is dropped.
pub struct Held {
    id: JobId,
    state: Arc<State>,
    all: Arc<AllHeld>,
}

#[derive(Default)]
struct State {
    cancel: CancellationToken,
    why: OnceLock<Why>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct AllHeld {
    jobs: Mutex<HashMap<JobId, Arc<State>>>,
    released: Notify,
}

impl Held {
    /// Ends when the job is to end.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        &self.state.cancel
    }

    /// Why it is to end; `None` while it is not.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        self.state.why.get().copied()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
        self.all.released.notify_waiters();
    }
}

impl AllHeld {
    pub(crate) fn hold(self: &Arc<Self>, id: JobId) -> Held {
        let state = Arc::new(State::default());
        self.lock().insert(id, state.clone());
        Held { id, state, all: self.clone() }
    }

    pub(crate) fn has(&self, id: JobId) -> bool {
        self.lock().contains_key(&id)
    }

    pub(crate) fn ids(&self) -> Vec<JobId> {
        self.lock().keys().copied().collect()
    }

    /// Ends one, if it is held. The first reason counts.
    pub(crate) fn end(&self, id: JobId, why: Why) {
        if let Some(state) = self.lock().get(&id) {
            let _ = state.why.set(why);
            state.cancel.cancel();
        }
    }

    /// Waits until none is held.
    pub(crate) async fn none_left(&self) {
        loop {
            let released = self.released.notified();
            if self.lock().is_empty() {
                return;
            }
            released.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Arc<State>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
