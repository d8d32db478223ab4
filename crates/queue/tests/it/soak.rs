//! What takes minutes: `make soak`.

use std::{process::Child, time::Duration};

use rand::Rng;

use crate::crashes::{Killed, Yard};

const JOBS: u32 = 10_000;
const WORKERS: usize = 4;

#[tokio::test]
#[ignore = "make soak"]
async fn jobs_under_random_kills_on_sqlite() {
    jobs_under_random_kills("sqlite").await;
}

#[tokio::test]
#[ignore = "make soak"]
async fn jobs_under_random_kills_on_postgres() {
    jobs_under_random_kills("postgres").await;
}

/// Four workers, of which one is killed and replaced every now and then until all jobs are done.
async fn jobs_under_random_kills(backend: &str) {
    let yard = Yard::with(backend, JOBS).await;
    let mut workers: Vec<Killed> = (0..WORKERS).map(|_| Killed(yard.order.start())).collect();
    let mut killed = 0;
    while yard.done().await < u64::from(JOBS) {
        let (pause, victim) = (rand::rng().random_range(200..1_500), rand::rng().random_range(0..WORKERS));
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let child: &mut Child = &mut workers[victim].0;
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        workers[victim] = Killed(yard.order.start());
        killed += 1;
    }
    assert!(killed > 3, "the jobs were done before anyone was killed");
    yard.check(backend, killed).await;
}
