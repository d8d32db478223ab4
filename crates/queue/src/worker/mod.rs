//! The worker of a process: takes jobs, runs them, and keeps up what leases and schedules need.
//!
//! - `fill`: takes as many jobs as there is room for; `attempt`: one try, from claim to row;
//! - `upkeep`: prolongs leases, notices cancellations, takes jobs from workers that are gone, queues what recurs.
//!
//! A hint of the bus wakes it at once; without one it looks each [`WorkerOptions::poll`].

mod attempt;
mod fill;
mod upkeep;

use std::{sync::Arc, time::Duration};

use puente_bus::Hint;
use puente_domain::JobId;
use tokio::{
    sync::{
        Semaphore,
        broadcast::{Receiver, error::RecvError},
    },
    time::{Interval, MissedTickBehavior, interval, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{Handlers, Queue, Why};

/// How long handlers may take to return after they were told to.
const GRACE: Duration = Duration::from_secs(2);

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// How many jobs run at once.
    pub concurrency: usize,
    /// How often it looks for work that no hint told of.
    pub poll: Duration,
    /// How long jobs may go on after the stop, before they are given back.
    pub drain: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self { concurrency: 4, poll: Duration::from_secs(1), drain: Duration::from_secs(30) }
    }
}

/// A point in a job's life where a process may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Taken, but not saved.
    Claiming,
    /// Taken.
    Claimed,
    /// The handler has returned.
    Handled,
    /// Its end is written, but not saved.
    Settling,
    /// Its end is saved.
    Settled,
}

/// Sees jobs pass; for tests and figures.
pub trait Witness: Send + Sync + 'static {
    /// A job came to this point.
    fn saw(&self, moment: Moment, job: JobId);
}

/// A worker; see [`Worker::run`].
pub struct Worker {
    queue: Queue,
    handlers: Handlers,
    options: WorkerOptions,
    witness: Option<Arc<dyn Witness>>,
    slots: Arc<Semaphore>,
    tries: TaskTracker,
}

impl Worker {
    /// A worker for what this process has [registered](Queue::register).
    #[must_use]
    pub fn new(queue: Queue, options: WorkerOptions) -> Self {
        let handlers = queue.0.handlers.get().cloned().unwrap_or_default();
        let slots = Arc::new(Semaphore::new(options.concurrency));
        Self { queue, handlers, options, witness: None, slots, tries: TaskTracker::new() }
    }

    /// Shows it to someone.
    #[must_use]
    pub fn witness(mut self, witness: Arc<dyn Witness>) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Works until `stop`. Then it takes no more jobs, lets those that run go on for [`WorkerOptions::drain`], tells them to
    /// end, and gives back those that were not done. Jobs that others in this process [hold](Queue::hold) are treated alike.
    pub async fn run(self, stop: CancellationToken) {
        let worker = Arc::new(self);
        let drained = CancellationToken::new();
        let upkeep = tokio::spawn(worker.clone().keep_up(stop.clone(), drained.clone()));
        worker.clone().fill_until(&stop).await;
        worker.tries.close();
        let held = &worker.queue.0.held;
        let ended = async || tokio::join!(worker.tries.wait(), held.none_left());
        if timeout(worker.options.drain, ended()).await.is_err() {
            for id in held.ids() {
                held.end(id, Why::Stopping);
            }
            if timeout(GRACE, ended()).await.is_err() {
                tracing::warn!("jobs did not end when they were told to; their leases will");
            }
        }
        drained.cancel();
        if let Err(error) = upkeep.await {
            tracing::error!(%error, "the upkeep of the queue failed");
        }
    }

    fn saw(&self, moment: Moment, job: JobId) {
        if let Some(witness) = &self.witness {
            witness.saw(moment, job);
        }
    }
}

/// Waits until there may be something to do: for a tick, or for a hint. Hints that have piled up count as one.
async fn woken(ticks: &mut Interval, hints: &mut Receiver<Hint>) {
    loop {
        tokio::select! {
            _ = ticks.tick() => return,
            hint = hints.recv() => match hint {
                Ok(Hint::JobsChanged | Hint::Interrupted) | Err(RecvError::Lagged(_)) => {
                    while hints.try_recv().is_ok() {}
                    return;
                }
                Ok(_) => {}
                Err(RecvError::Closed) => {
                    ticks.tick().await;
                    return;
                }
            },
        }
    }
}

/// Ticks that do not pile up while the database is slow.
fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn log(error: &puente_storage::StorageError, what: &str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}; trying again");
}
