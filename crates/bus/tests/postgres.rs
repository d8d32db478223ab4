//! Hints over a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails that way")]

use std::time::Duration;

use puente_bus::{Bus, Hint, Postgres};
use puente_test_support::postgres::Postgres as Server;
use sqlx::{Connection, PgConnection};
use tokio::{sync::broadcast::Receiver, time::timeout};

const PATIENCE: Duration = Duration::from_mins(1);

/// Two buses that hear each other.
async fn pair() -> (Bus, Bus, String) {
    let url = Server::shared().create_database().await.unwrap();
    let buses = [(); 2].map(|()| Bus::new(Postgres::new(&url).unwrap()));
    let [first, second] = buses;
    for (from, to) in [(&first, &second), (&second, &first)] {
        reach(from, to).await;
    }
    (first, second, url)
}

/// Sends until something arrives.
async fn reach(from: &Bus, to: &Bus) {
    let mut hints = to.subscribe();
    let knock = Hint::SessionChanged { session: "knock".to_owned() };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        from.publish(knock.clone());
        match timeout(Duration::from_millis(100), wait_for(&mut hints, &knock)).await {
            Ok(()) => return,
            Err(_) => assert!(tokio::time::Instant::now() < deadline, "no hint arrives"),
        }
    }
}

async fn wait_for(hints: &mut Receiver<Hint>, wanted: &Hint) {
    while hints.recv().await.unwrap() != *wanted {}
}

#[tokio::test]
async fn hints_of_any_length_reach_the_other_replica_in_order() {
    let (first, second, _) = pair().await;
    let mut hints = second.subscribe();
    for length in [1, 100_000, 10] {
        let hint = Hint::SessionMessage { session: "s".to_owned(), message: "ñ\"".repeat(length) };
        first.publish(hint.clone());
        timeout(PATIENCE, wait_for(&mut hints, &hint)).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_connection_is_told_and_replaced() {
    let (first, second, url) = pair().await;
    let mut hints = second.subscribe();
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sqlx::query(terminate).execute(&mut admin).await.unwrap();
    timeout(PATIENCE, wait_for(&mut hints, &Hint::Interrupted)).await.unwrap();
    reach(&first, &second).await;
}
