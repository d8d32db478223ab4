//! Time limits and cancellation, seen inside the database.

use std::{sync::Arc, time::Duration};

use puente_domain::Principal;
use puente_sources::SourceError;
use serde_json::{Map, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Database, expenses};
use crate::support::{LONG, call, connect, run};

/// Busy, and so blind to a client that is gone; `sleep()` is not.
const ENDLESS: &str = "SELECT count(*) AS sleepless FROM seq_1_to_1000000000000 WHERE seq % 7 = 1";

/// Waits until the database runs so many of the login's sleeping statements.
async fn sleeping(database: &Database, count: &str) {
    let sql = format!(
        "SELECT count(*) FROM information_schema.processlist WHERE user = '{}' AND info LIKE '%sleep%'",
        database.user()
    );
    let deadline = Instant::now() + LONG;
    while database.value(&sql).await != count {
        assert!(Instant::now() < deadline, "never {count} sleeping statements");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn cancelled_and_abandoned_statements_end_inside_the_database() {
    let database = expenses().await;
    let tools = json!({"sleep": {"sql": ENDLESS}, "one": {"sql": "SELECT 1 AS one"}});
    let source = connect(&database.settings(), &tools).await;
    let cancel = CancellationToken::new();
    let start = || {
        let (source, cancel) = (Arc::clone(&source), cancel.clone());
        tokio::spawn(async move {
            run(&*source, &Principal::anonymous(), "sleep", &Map::new(), &cancel, Instant::now() + LONG * 10).await
        })
    };
    let abandoned = start();
    let cancelled = start();
    sleeping(&database, "2").await;
    abandoned.abort();
    sleeping(&database, "1").await;
    cancel.cancel();
    assert!(matches!(cancelled.await.unwrap(), Err(SourceError::Cancelled)));
    sleeping(&database, "0").await;
    assert!(call(&*source, "one", json!({})).await.is_ok());
}

#[tokio::test]
async fn the_database_itself_keeps_the_time_limit() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["statement_timeout"] = json!("100ms");
    let tools = json!({
        "sleep": {"sql": ENDLESS},
        "limit": {"sql": "SELECT CAST(@@max_statement_time AS DOUBLE) AS seconds"},
    });
    let source = connect(&settings, &tools).await;
    assert!(matches!(call(&*source, "sleep", json!({})).await, Err(SourceError::TimedOut { limit_ms: 0..=100 })));
    let limit = call(&*source, "limit", json!({})).await.unwrap();
    let seconds = limit["rows"][0]["seconds"].as_f64().unwrap();
    assert!(seconds > 0.0 && seconds <= 0.1, "{seconds}");
}
