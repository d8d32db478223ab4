//! Workers that end without saying goodbye lose no job.

use std::{process::Child, time::Duration};

use puente_domain::job::JobState;
use puente_queue::{PushOptions, Queue};
use tempfile::TempDir;

use crate::{
    bench::{database, on_both, open},
    process::{Mark, Order, marked},
};

on_both! { every_job_is_done_wherever_workers_end }

/// Where a worker ends, each once: before and after each of the two transactions that a job takes, and between them.
const FAULTS: [&str; 5] = ["Claiming", "Claimed", "Handled", "Settling", "Settled"];

/// A database with jobs, and a folder for what they do.
pub(crate) struct Yard {
    pub(crate) order: Order,
    pub(crate) queue: Queue,
    pub(crate) jobs: u32,
    _folders: (TempDir, Option<TempDir>),
}

impl Yard {
    pub(crate) async fn with(backend: &str, jobs: u32) -> Self {
        let (database, data) = database(backend).await;
        let folder = tempfile::tempdir().unwrap();
        let marks = folder.path().join("marks");
        std::fs::create_dir(&marks).unwrap();
        let order = Order { database, marks, fault: None };
        let queue = order.queue().await;
        let storage = open(&order.database).await;
        let mut tx = storage.write().await.unwrap();
        for number in 0..jobs {
            queue.push_in(&mut *tx, &Mark { number }, PushOptions::default()).await.unwrap();
        }
        tx.save().await.unwrap();
        Self { order, queue, jobs, _folders: (folder, data) }
    }

    /// How many jobs were done.
    pub(crate) async fn done(&self) -> u64 {
        let counts = self.queue.count().await.unwrap();
        let count = |state| counts.iter().find(|(counted, _)| *counted == state).unwrap().1;
        assert_eq!(count(JobState::Dead) + count(JobState::Cancelled), 0, "{counts:?}");
        count(JobState::Done)
    }

    /// Every job was done, and none was lost; says how many were done again.
    pub(crate) async fn check(&self, backend: &str, killed: u32) {
        assert_eq!(self.done().await, u64::from(self.jobs));
        let (marks, again) = marked(&self.order.marks);
        assert_eq!(marks, self.jobs as usize);
        println!("{backend}: {} jobs, {killed} workers killed: all done, none lost, {again} done again", self.jobs);
    }
}

/// Kills what is left when a test ends in any way.
pub(crate) struct Killed(pub(crate) Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn every_job_is_done_wherever_workers_end(backend: &str) {
    let yard = Yard::with(backend, 100).await;
    for fault in FAULTS {
        let order = Order { fault: Some((fault.to_owned(), 3)), ..yard.order.clone() };
        let status = Killed(order.start()).0.wait().unwrap();
        assert_eq!(status.code(), None, "it ends at {fault}: {status}");
    }
    let _workers = [Killed(yard.order.start()), Killed(yard.order.start())];
    while yard.done().await < u64::from(yard.jobs) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    yard.check(backend, u32::try_from(FAULTS.len()).unwrap()).await;
}
