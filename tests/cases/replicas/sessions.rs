//! Legacy sessions over a balancer that sends each request of a session to another replica.

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{
    Api, Cluster, Legacy, Server,
    official::{Language, Plan},
};
use serde_json::{Value, json};

use super::{cluster, until};

/// A call runs at one replica, and its cancellation arrives at another one.
async fn a_cancellation_finds_its_call(cluster: &Cluster, database: &str, servers: &[Server]) {
    let key = cluster.sites[0].key("robot", &[]);
    let legacy = Legacy::start(&servers[0].mcp_url(), &key).await;
    let sleeping =
        legacy.post(&servers[0].mcp_url(), &Legacy::tool_call(7, "notes_sleep", json!({"seconds": 50}))).send();
    let sleeping = tokio::spawn(async move { sleeping.await.unwrap().json::<Value>().await.unwrap() });
    let asleep = "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active'
                  AND datname = current_database() AND pid <> pg_backend_pid()";
    until("it sleeps", async || !Postgres::column(&cluster.notes, asleep).await.unwrap().is_empty()).await;

    let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
    assert_eq!(legacy.send(&servers[1].mcp_url(), &cancelled).await.status(), 202);
    assert_eq!(sleeping.await.unwrap()["error"]["code"], -32800);
    until("the statement ended", async || Postgres::column(&cluster.notes, asleep).await.unwrap().is_empty()).await;
    let outcome = "SELECT outcome FROM audit_events WHERE target = 'notes.sleep'";
    let outcomes = async || Postgres::column(database, outcome).await.unwrap();
    until("it is in the trail", async || outcomes().await == ["cancelled"]).await;

    // Ended at one replica, a session has ended at all of them.
    let delete = legacy.end(&servers[1].mcp_url()).await;
    assert_eq!(delete.status(), 204);
    let ping = Legacy::request(8, "ping", json!({}));
    until("the session is gone", async || legacy.send(&servers[0].mcp_url(), &ping).await.status() == 404).await;
}

#[tokio::test]
async fn a_cancellation_finds_its_call_over_postgresql() {
    let (cluster, database) = cluster(2, &[]).await;
    cluster.apply();
    let servers = cluster.serve().await;
    a_cancellation_finds_its_call(&cluster, &database, &servers).await;
}

#[tokio::test]
async fn a_cancellation_finds_its_call_over_redis() {
    let redis = Redis::start();
    let (cluster, database) = cluster(2, &[("REDIS_URL", &redis.url())]).await;
    cluster.apply();
    let servers = cluster.serve().await;
    a_cancellation_finds_its_call(&cluster, &database, &servers).await;
}

/// With an official client that knows nothing of replicas: one request here, the next one there.
#[tokio::test]
async fn an_official_legacy_client_walks_from_replica_to_replica() {
    let (cluster, _) = cluster(3, &[]).await;
    cluster.apply();
    let _servers = cluster.serve().await;
    let balancer = cluster.balancer().await;
    let key = cluster.sites[0].key("client", &[]);
    for language in [Language::Python, Language::TypeScript] {
        let mut plan = Plan::http(&format!("{}/mcp", balancer.url()), &key, "legacy");
        for number in 0..9 {
            plan = plan
                .step("tools/call", json!({"name": "notes_add_note", "arguments": {"marker": format!("{number}")}}));
        }
        let report = plan.run(language).await;
        assert_eq!(report.protocol, "2025-11-25");
        for step in 0..9 {
            assert_ne!(report.result(step)["isError"], true, "{}", report.answers[step]);
        }
    }
    let notes = Postgres::column(&cluster.notes, "SELECT marker FROM notes").await.unwrap();
    assert_eq!(notes.len(), 18);
}

/// kill -9 of the replica that began a session: the client goes on with another one.
#[tokio::test]
async fn a_session_outlives_the_replica_that_began_it() {
    let (cluster, _) = cluster(2, &[]).await;
    cluster.apply();
    let mut servers = cluster.serve().await;
    let key = cluster.sites[0].key("robot", &[]);
    let legacy = Legacy::start(&servers[0].mcp_url(), &key).await;
    servers.remove(0).kill().await;
    let answer = legacy.call(&servers[0].mcp_url(), "notes_count_notes", json!({})).await.expect(200);
    assert_eq!(answer["result"]["structuredContent"]["rows"][0]["notes"], 0, "{answer}");
    let stranger = Api::anonymous(servers[0].url());
    assert_eq!(stranger.get("/mcp").await.status, 401);
}
