//! What the gateway does in the background, over all replicas once: jobs of the durable queue and their handlers, which
//! `puente-app` registers.
//!
//! What each process must do for itself (following the catalog's version, connecting sources, forgetting limits) is no
//! job: see `lifecycle`.

mod prune;
mod run_task;

pub use prune::{Prune, Pruner};
pub use run_task::TaskRunner;

pub use crate::tasks::RunTask;
