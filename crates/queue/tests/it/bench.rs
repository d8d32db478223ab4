//! A queue with handlers that do as they are told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use puente_bus::{Bus, Memory};
use puente_domain::{JobId, job::JobRecord};
use puente_queue::{GaveUp, Handlers, Job, JobError, JobHandler, Queue, Run, Worker, WorkerOptions};
use puente_storage::{Storage, StorageError, Transaction};
use puente_storage_postgres::PostgresOptions;
use puente_storage_sqlite::SqliteOptions;
use puente_test_support::postgres::Postgres;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::{sync::Semaphore, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    Succeed,
    FailOnce,
    Fail,
    FailForGood,
    Panic,
    /// Waits for a permit of the gate.
    Wait,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deed {
    pub(crate) act: Act,
    pub(crate) key: Option<String>,
}

impl Job for Deed {
    const KIND: &'static str = "deed";
    const MAX_ATTEMPTS: u32 = 2;

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }
}

pub(crate) const fn deed(act: Act) -> Deed {
    Deed { act, key: None }
}

/// What the handler saw.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) started: Mutex<Vec<(JobId, u32)>>,
    pub(crate) gave_up: Mutex<Vec<(Act, GaveUp)>>,
}

pub(crate) struct Doer {
    pub(crate) seen: Arc<Seen>,
    pub(crate) gate: Arc<Semaphore>,
}

#[async_trait]
impl JobHandler for Doer {
    type Job = Deed;

    async fn run(&self, job: Deed, run: &Run) -> Result<(), JobError> {
        self.seen.started.lock().unwrap().push((run.id, run.attempt));
        match job.act {
            Act::Succeed => Ok(()),
            Act::FailOnce if run.attempt > 1 => Ok(()),
            Act::FailOnce | Act::Fail => Err(JobError::transient("out of luck")),
            Act::FailForGood => Err(JobError::permanent("never")),
            Act::Panic => panic!("on purpose"),
            Act::Wait => tokio::select! {
                permit = self.gate.acquire() => {
                    permit.unwrap().forget();
                    Ok(())
                }
                () = run.cancel.cancelled() => Err(JobError::transient("told to end")),
            },
        }
    }

    async fn gave_up(&self, job: Deed, why: &GaveUp, tx: &mut dyn Transaction) -> Result<(), StorageError> {
        tx.versions().set_value("gave up", &format!("{:?}", job.act)).await?;
        self.seen.gave_up.lock().unwrap().push((job.act, why.clone()));
        Ok(())
    }
}

/// A queue, its handler's view, and a worker that runs until it is stopped.
pub(crate) struct Bench {
    pub(crate) queue: Queue,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) seen: Arc<Seen>,
    pub(crate) gate: Arc<Semaphore>,
    pub(crate) stop: CancellationToken,
    bus: Bus,
    _folder: Option<TempDir>,
}

/// A new database of the named kind.
pub(crate) async fn database(backend: &str) -> (String, Option<TempDir>) {
    if backend == "sqlite" {
        let folder = tempfile::tempdir().unwrap();
        return (folder.path().join("puente.db").display().to_string(), Some(folder));
    }
    (Postgres::shared().create_database().await.unwrap(), None)
}

/// Opens what [`database`] made.
pub(crate) async fn open(url: &str) -> Arc<dyn Storage> {
    if url.starts_with("postgresql") {
        return Arc::new(puente_storage_postgres::connect(url, PostgresOptions::default()).await.unwrap());
    }
    Arc::new(puente_storage_sqlite::open(url.as_ref(), SqliteOptions::default()).await.unwrap())
}

impl Bench {
    pub(crate) async fn new(backend: &str) -> Self {
        Self::with_lease(backend, Duration::from_secs(30)).await
    }

    pub(crate) async fn with_lease(backend: &str, lease: Duration) -> Self {
        let (url, folder) = database(backend).await;
        let storage = open(&url).await;
        let bus = Bus::new(Memory::default());
        let queue = Queue::with_lease(storage.clone(), bus.clone(), lease);
        let (seen, gate) = (Arc::default(), Arc::new(Semaphore::new(0)));
        let bench = Self { queue, storage, seen, gate, stop: CancellationToken::new(), bus, _folder: folder };
        bench.queue.register(bench.handlers());
        bench
    }

    pub(crate) fn handlers(&self) -> Handlers {
        Handlers::default().with(Doer { seen: self.seen.clone(), gate: self.gate.clone() })
    }

    /// Another process on the same database, as far as leases go.
    pub(crate) fn another(&self, lease: Duration) -> Queue {
        let queue = Queue::with_lease(self.storage.clone(), self.bus.clone(), lease);
        queue.register(self.handlers());
        queue
    }

    pub(crate) fn work(&self) -> JoinHandle<()> {
        self.work_on(&self.queue, WorkerOptions { poll: Duration::from_millis(50), ..WorkerOptions::default() })
    }

    pub(crate) fn work_on(&self, queue: &Queue, options: WorkerOptions) -> JoinHandle<()> {
        tokio::spawn(Worker::new(queue.clone(), options).run(self.stop.clone()))
    }

    pub(crate) async fn push(&self, act: Act) -> JobId {
        self.queue.push(&deed(act)).await.unwrap().id
    }

    /// The job, once `condition` holds.
    pub(crate) async fn when(&self, id: JobId, condition: impl Fn(&JobRecord) -> bool) -> JobRecord {
        loop {
            let job = self.queue.get(id).await.unwrap().unwrap();
            if condition(&job) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn starts(&self) -> Vec<(JobId, u32)> {
        self.seen.started.lock().unwrap().clone()
    }
}

/// One test for each database.
macro_rules! on_both {
    ($($case:ident)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case("sqlite").await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                super::$case("postgres").await;
            })+
        }
    };
}
pub(crate) use on_both;
