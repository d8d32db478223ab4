//! Time limits and cancellation, seen inside the database.

use std::{sync::Arc, time::Duration};

use puente_domain::Principal;
use puente_sources::{Source, SourceError};
use serde_json::{Map, Value, json};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Database, expenses};
use crate::support::{LONG, call, connect, run};

const SLEEP: &str = "SELECT pg_sleep(3600)::text AS slept";

/// Waits until the database runs so many of the sleeping statements.
async fn sleeping(database: &Database, count: &str) {
    let sql = format!(
        "SELECT count(*)::text FROM pg_stat_activity
         WHERE usename = '{}' AND state = 'active' AND query LIKE '%pg_sleep%'",
        database.role()
    );
    let deadline = Instant::now() + LONG;
    while database.value(&sql).await != count {
        assert!(Instant::now() < deadline, "never {count} sleeping statements");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn start(source: &Arc<dyn Source>, cancel: &CancellationToken) -> JoinHandle<Result<Value, SourceError>> {
    let (source, cancel) = (Arc::clone(source), cancel.clone());
    tokio::spawn(async move {
        run(&*source, &Principal::anonymous(), "sleep", &Map::new(), &cancel, Instant::now() + LONG * 10).await
    })
}

#[tokio::test]
async fn a_cancelled_statement_ends_inside_the_database_and_only_that() {
    let database = expenses().await;
    let source =
        connect(&database.settings(), &json!({"sleep": {"sql": SLEEP}, "one": {"sql": "SELECT 1 AS one"}})).await;
    let (first, second) = (CancellationToken::new(), CancellationToken::new());
    let (cancelled, other) = (start(&source, &first), start(&source, &second));
    sleeping(&database, "2").await;
    first.cancel();
    assert!(matches!(cancelled.await.unwrap(), Err(SourceError::Cancelled)));
    sleeping(&database, "1").await;
    assert!(!other.is_finished());
    second.cancel();
    assert!(matches!(other.await.unwrap(), Err(SourceError::Cancelled)));
    sleeping(&database, "0").await;
    assert!(call(&*source, "one", json!({})).await.is_ok());
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_ends_inside_the_database() {
    let database = expenses().await;
    let source = connect(&database.settings(), &json!({"sleep": {"sql": SLEEP}})).await;
    let abandoned = start(&source, &CancellationToken::new());
    sleeping(&database, "1").await;
    abandoned.abort();
    sleeping(&database, "0").await;
}

#[tokio::test]
async fn the_database_itself_keeps_the_time_limit() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["statement_timeout"] = json!("100ms");
    settings["pool"] = json!({"max": 1});
    let tools = json!({"sleep": {"sql": SLEEP}, "limit": {"sql": "SHOW statement_timeout"}});
    let source = connect(&settings, &tools).await;
    assert!(matches!(call(&*source, "sleep", json!({})).await, Err(SourceError::TimedOut { limit_ms: 0..=100 })));
    sleeping(&database, "0").await;
    let limit = call(&*source, "limit", json!({})).await.unwrap()["rows"][0]["statement_timeout"].clone();
    let limit: u64 = limit.as_str().unwrap().strip_suffix("ms").unwrap().parse().unwrap();
    assert!((1..=100).contains(&limit), "{limit}");
}

#[tokio::test]
async fn no_statement_lifts_the_time_limit_of_the_next_one() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["statement_timeout"] = json!("20s");
    settings["pool"] = json!({"max": 1});
    let function = "SELECT set_config('statement_timeout', '0', false)";
    database.execute(&format!("CREATE FUNCTION lift() RETURNS text LANGUAGE sql AS $${function}$$")).await;
    let lift = "SELECT lift()";
    let tools = json!({
        "read": {"sql": lift},
        "write": {"sql": lift, "writes": true},
        "limit": {"sql": "SHOW statement_timeout"},
    });
    let source = connect(&settings, &tools).await;
    for tool in ["read", "write"] {
        call(&*source, tool, json!({})).await.unwrap();
        let limit = call(&*source, "limit", json!({})).await.unwrap();
        assert_eq!(limit["rows"][0]["statement_timeout"], "20s", "after {tool}");
    }
}

#[tokio::test]
async fn connections_that_the_server_closed_are_replaced() {
    let database = expenses().await;
    let source = connect(&database.settings(), &json!({"pid": {"sql": "SELECT pg_backend_pid() AS pid"}})).await;
    let before = call(&*source, "pid", json!({})).await.unwrap();
    let role = database.role();
    let killed =
        format!("SELECT count(pg_terminate_backend(pid, 10000))::text FROM pg_stat_activity WHERE usename = '{role}'");
    assert_ne!(database.value(&killed).await, "0");
    let after = call(&*source, "pid", json!({})).await.unwrap();
    assert_ne!(before["rows"], after["rows"]);
}

#[tokio::test]
async fn nothing_is_left_in_a_transaction() {
    let database = expenses().await;
    let mut settings = database.settings();
    settings["pool"] = json!({"max": 2});
    let source = connect(&settings, &json!({"one": {"sql": "SELECT 1 AS one"}})).await;
    // Callers that wait take a connection over at once.
    let calls = (0..20).map(|_| call(&*source, "one", json!({})));
    for answer in futures::future::join_all(calls).await {
        answer.unwrap();
    }
    let sql = format!(
        "SELECT count(*)::text FROM pg_stat_activity WHERE usename = '{}' AND state <> 'idle'",
        database.role()
    );
    let deadline = Instant::now() + LONG;
    while database.value(&sql).await != "0" {
        assert!(Instant::now() < deadline, "a connection stays in its transaction");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    source.close().await;
}
