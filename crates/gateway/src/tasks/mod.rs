//! Tool calls that go on as MCP tasks (extension `io.modelcontextprotocol/tasks`, SEP-2663).
//!
//! A call of a tool that can be a task, by a client that knows tasks, is answered at once if it is quick; else it goes
//! on without its caller, and the client asks for its state. Its state of record is a row; the work itself lives in
//! this process and dies with it.
//!
//! - [`become_task`]: from a call to a task; [`drive`]: to its end; [`entry`]: its state;
//! - `requests`: `tasks/get`, `tasks/update`, `tasks/cancel`; `recover`: what a crash left behind.

mod become_task;
mod drive;
mod entry;
mod recover;
mod requests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use become_task::becomes_task;
use entry::Entry;
use puente_domain::TaskId;

/// The tasks that run in this process.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<HashMap<TaskId, Arc<Entry>>>);

impl Tasks {
    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, Arc<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: TaskId) -> Option<Arc<Entry>> {
        self.lock().get(&id).cloned()
    }
}
