//! What replicas share: the catalog, rights, limits, results.

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{Api, Cluster, Mcp, Server};
use serde_json::json;

use super::{cluster, is_ok, until};

fn mcp(server: &Server, key: &str) -> Mcp {
    server.mcp(key)
}

/// An edit on one replica shows on the others, and a right that was taken away is gone everywhere.
async fn edits_reach_every_replica(cluster: &Cluster, servers: &[Server]) {
    let key = cluster.sites[0].key("agent-of-edits", &["--role", "member"]);
    for server in servers {
        let tools = mcp(server, &key).tool_names().await;
        assert!(tools.contains(&"notes_count_notes".to_owned()), "{tools:?}");
    }
    let admin = servers[0].admin().await;
    let source = admin.get("/api/v1/sources/notes").await;
    let change = admin.request(reqwest::Method::PATCH, "/api/v1/sources/notes");
    let change = change.header("If-Match", source.header("ETag")).json(&json!({"enabled": false}));
    let _ = admin.send(change).await.expect(200);
    for server in servers {
        let gone = async || !mcp(server, &key).tool_names().await.contains(&"notes_count_notes".to_owned());
        until("the edit shows", gone).await;
    }
    let _ = admin.delete("/api/v1/keys/agent-of-edits").await.expect(204);
    for server in servers {
        until("the key is refused", async || mcp(server, &key).send("tools/list", json!({})).await.status == 401).await;
    }
}

#[tokio::test]
async fn on_postgresql_alone_replicas_follow_each_other() {
    let (cluster, _) = cluster(2, &[]).await;
    cluster.apply();
    let servers = cluster.serve().await;
    // The limit is each replica's own then, and `doctor` says so.
    let key = cluster.sites[0].key("robot", &[]);
    assert_eq!(limited(&servers, &key, 6).await, [4, 4]);
    let doctor = cluster.sites[0].puente(&["doctor", "--json"]).json();
    let warned =
        doctor.as_array().unwrap().iter().any(|finding| {
            finding["status"] == "warning" && finding["message"].as_str().unwrap().contains("rate limits")
        });
    assert!(warned, "{doctor}");
    edits_reach_every_replica(&cluster, &servers).await;
}

#[tokio::test]
async fn with_redis_replicas_share_limits_and_results_too() {
    let redis = Redis::start();
    let url = redis.url();
    let (cluster, database) = cluster(2, &[("REDIS_URL", &url)]).await;
    cluster.apply();
    let servers = cluster.serve().await;
    let key = cluster.sites[0].key("robot", &[]);
    for server in &servers {
        server.until("it has found Redis", async || server.has_found_redis()).await;
    }
    let passed: usize = limited(&servers, &key, 6).await.iter().sum();
    assert_eq!(passed, 4, "the limit holds for all replicas together");
    let asked = json!({"id": 1});
    assert!(is_ok(&mcp(&servers[0], &key).call("erp_lasting", asked.clone()).await));
    assert!(is_ok(&mcp(&servers[1], &key).call("erp_lasting", asked).await));
    let cached = "SELECT cached::text FROM audit_events WHERE target = 'erp.lasting' ORDER BY id";
    let rows = async || Postgres::column(&database, cached).await.unwrap();
    until("both calls are in the trail", async || rows().await.len() == 2).await;
    assert_eq!(rows().await, ["false", "true"], "the second replica answered from the cache");
    assert_eq!(redis.keys("puente:*:cache:result:*").len(), 1);
    assert_eq!(redis.keys("puente:*:rate:notes.limited:*").len(), 1);
    edits_reach_every_replica(&cluster, &servers).await;
}

/// How many of so many calls of a tool with a limit each replica lets in.
async fn limited(servers: &[Server], key: &str, calls: usize) -> Vec<usize> {
    let mut passed = Vec::new();
    for server in servers {
        let mut count = 0;
        for _ in 0..calls {
            let answer = mcp(server, key).call("notes_limited", json!({})).await;
            assert!(is_ok(&answer) || answer.status == 429, "{} {}", answer.status, answer.body);
            count += usize::from(is_ok(&answer));
        }
        passed.push(count);
    }
    passed
}

#[tokio::test]
async fn whoever_signs_in_at_one_replica_is_known_at_all_and_signs_out_of_all() {
    let (cluster, _) = cluster(2, &[]).await;
    let servers = cluster.serve().await;
    let credentials = json!({"email": puente_tests::ADMIN_EMAIL, "password": puente_tests::ADMIN_PASSWORD});
    let session = Api::anonymous(servers[0].url()).post("/api/v1/auth/token", credentials).await.expect(200);
    let token = session["access_token"].as_str().unwrap();
    let there = servers[1].api(token);
    let _ = there.get("/api/v1/me").await.expect(200);
    let refresh = json!({"token": session["refresh_token"]});
    let _ = servers[0].api(token).post("/api/v1/auth/logout", refresh).await.expect(204);
    until("the token is refused", async || there.get("/api/v1/me").await.status == 401).await;
}
