//! Several replicas on one database: what they share, and what happens when one of them, Redis or PostgreSQL fails.

mod faults;
mod sessions;
mod sharing;
mod soak;
mod starting;
mod stopping;

use std::time::Duration;

use puente_test_support::postgres::Postgres;
use puente_tests::{Answer, Cluster};
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_mins(1);

/// So many replicas on a new database of the shared PostgreSQL.
pub(crate) async fn cluster(replicas: usize, settings: &[(&str, &str)]) -> (Cluster, String) {
    let database = Postgres::shared().create_database().await.unwrap();
    (Cluster::new(&vec![database.clone(); replicas], settings).await, database)
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Whether a tool was called, and not only answered with an error.
fn is_ok(answer: &Answer) -> bool {
    answer.status == 200 && answer.body["result"].is_object() && answer.body["result"]["isError"] != true
}
