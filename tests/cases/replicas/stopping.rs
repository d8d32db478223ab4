//! The order of a graceful stop: not ready any more → still serving → not listening → the last call is answered → the end.

use puente_test_support::postgres::Postgres;
use puente_tests::Api;
use serde_json::json;

use super::{cluster, is_ok, until};

#[tokio::test]
async fn a_stopping_replica_serves_until_balancers_know_and_answers_what_it_began() {
    let (cluster, database) = cluster(1, &[("SHUTDOWN_DELAY", "2s")]).await;
    cluster.apply();
    let server = cluster.serve().await.remove(0);
    let key = cluster.sites[0].key("robot", &[]);
    let mcp = server.mcp(&key);
    let _ = mcp.call("notes_count_notes", json!({})).await.expect(200);
    let slow = mcp.clone();
    let slow = tokio::spawn(async move { slow.call("notes_sleep", json!({"seconds": 5})).await });
    let asleep = "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active'
                  AND datname = current_database() AND pid <> pg_backend_pid()";
    until("it sleeps", async || !Postgres::column(&cluster.notes, asleep).await.unwrap().is_empty()).await;

    server.terminate().await;
    let stranger = Api::anonymous(server.url());
    until("it is not ready any more", async || stranger.get("/health/ready").await.status == 503).await;
    let late = mcp.call("notes_add_note", json!({"marker": "late"})).await;
    assert!(is_ok(&late), "{} {}", late.status, late.body);
    assert_eq!(late.header("Connection"), "close");
    until("it does not listen any more", async || stranger.get("/health/live").await.status == 0).await;
    assert!(is_ok(&slow.await.unwrap()), "a call in flight was cut off");
    assert_eq!(server.ended().await.code(), Some(0));

    let trail = "SELECT target || ' ' || outcome FROM audit_events WHERE action = 'tools/call' ORDER BY target";
    let trail = Postgres::column(&database, trail).await.unwrap();
    assert_eq!(trail, ["notes.add_note ok", "notes.count_notes ok", "notes.sleep ok"]);
}
