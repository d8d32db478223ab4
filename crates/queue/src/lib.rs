//! The durable queue: work that is done later, by whichever process has time, and that outlives all of them.
//!
//! A job is a row. A worker takes it by a lease of the database's clock and prolongs that while it runs; a worker that
//! crashed loses it, and another one starts the job again. So a job runs **at least once**, and a handler must be
//! idempotent. What a job reports after it was taken from its worker is ignored.
//!
//! To add a kind of job:
//! 1. a serializable struct that implements [`Job`]: its name, its key, how often it may be tried;
//! 2. a [`JobHandler`] that does it;
//! 3. a line in `crates/app/src/jobs.rs` that registers the handler, and its schedule if it recurs;
//! 4. [`Queue::push`], or [`Queue::push_in`] within the transaction that writes what the job is about.
//!
//! A failed try comes again with growing, jittered waits ([`backoff()`]); after [`Job::MAX_ATTEMPTS`] the job is dead and
//! keeps its error until an administrator retries it (`puente jobs retry`).

mod backoff;
mod cron;
mod error;
mod handler;
mod handlers;
mod held;
mod job;
mod queue;
mod settle;
mod worker;

pub use backoff::backoff;
pub use cron::{Cron, CronError};
pub use error::{JobError, QueueError};
pub use handler::{GaveUp, JobHandler, Run};
pub use handlers::Handlers;
pub use held::{Held, Why};
pub use job::{Job, PushOptions, Pushed, priority};
pub use queue::Queue;
pub use worker::{Moment, Witness, Worker, WorkerOptions};
