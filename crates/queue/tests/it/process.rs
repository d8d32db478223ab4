//! A worker in a process of its own, which can be killed: this test binary, started once more.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use puente_bus::{Bus, Memory};
use puente_domain::JobId;
use puente_queue::{Handlers, Job, JobError, JobHandler, Moment, Queue, Run, Witness, Worker, WorkerOptions};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::bench::open;

const ORDER: &str = "PUENTE_QUEUE_WORKER";
/// Short, so that tests need not wait long for the jobs of a dead worker.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// What a worker process is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) database: String,
    /// A folder with a file for each number that was marked.
    pub(crate) marks: PathBuf,
    /// Where the process ends by itself, without saying goodbye: the name of a moment, and the how manieth.
    pub(crate) fault: Option<(String, u32)>,
}

/// Makes a file. The second time does no harm, and is counted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) number: u32,
}

impl Job for Mark {
    const KIND: &'static str = "mark";
    const MAX_ATTEMPTS: u32 = 100;
}

struct Marker(PathBuf);

#[async_trait]
impl JobHandler for Marker {
    type Job = Mark;

    async fn run(&self, job: Mark, _: &Run) -> Result<(), JobError> {
        let made = File::create_new(self.0.join(job.number.to_string()));
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut log = OpenOptions::new().append(true).create(true).open(twice(&self.0)).unwrap();
                writeln!(log, "{}", job.number).unwrap();
                Ok(())
            }
            made => made.map(drop).map_err(|error| JobError::transient(error.to_string())),
        }
    }
}

fn twice(marks: &Path) -> PathBuf {
    marks.with_extension("twice")
}

/// How many numbers are marked, and how often one was marked again.
pub(crate) fn marked(marks: &Path) -> (usize, usize) {
    let again = std::fs::read_to_string(twice(marks)).unwrap_or_default();
    (marks.read_dir().unwrap().count(), again.lines().count())
}

/// Ends the process at a moment.
struct Fault {
    moment: String,
    left: AtomicU32,
}

impl Witness for Fault {
    fn saw(&self, moment: Moment, _: JobId) {
        if format!("{moment:?}") == self.moment && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    }
}

impl Order {
    /// Starts a worker process.
    pub(crate) fn start(&self) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["process::worker", "--exact", "--ignored", "--nocapture", "--quiet"])
            .env(ORDER, serde_json::to_string(self).unwrap())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    }

    pub(crate) async fn queue(&self) -> Queue {
        Queue::with_lease(open(&self.database).await, Bus::new(Memory::default()), LEASE)
    }
}

#[tokio::test]
#[ignore = "it is the worker process that other tests start"]
async fn worker() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Order = serde_json::from_str(&order).unwrap();
    let queue = order.queue().await;
    queue.register(Handlers::default().with(Marker(order.marks)));
    let options = WorkerOptions { poll: Duration::from_millis(100), ..WorkerOptions::default() };
    let mut worker = Worker::new(queue, options);
    if let Some((moment, nth)) = order.fault {
        worker = worker.witness(Arc::new(Fault { moment, left: AtomicU32::new(nth) }));
    }
    // Until it is killed.
    worker.run(CancellationToken::new()).await;
}
