//! Legacy sessions over a balancer that sends each request of a session to another replica.

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{
    Api, Cluster, Server,
    official::{Language, Plan},
};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use super::{cluster, until};

/// A legacy client, by hand.
struct Legacy {
    http: Client,
    key: String,
    session: String,
}

impl Legacy {
    async fn start(server: &Server, key: &str) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let mut legacy = Self { http, key: key.to_owned(), session: String::new() };
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {},
                            "clientInfo": {"name": "puente-tests", "version": "1"}});
        let answer = legacy.post(server, &request(0, "initialize", params)).send().await.unwrap();
        answer.headers()["mcp-session-id"].to_str().unwrap().clone_into(&mut legacy.session);
        legacy
    }

    fn post(&self, server: &Server, message: &Value) -> RequestBuilder {
        let request = self.http.post(server.mcp_url()).json(message);
        self.with_headers(request)
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.bearer_auth(&self.key).header("Accept", "application/json, text/event-stream");
        if self.session.is_empty() { request } else { request.header("Mcp-Session-Id", &self.session) }
    }

    async fn send(&self, server: &Server, message: &Value) -> Response {
        self.post(server, message).send().await.unwrap()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "callers write json!({…}) in place")]
fn request(id: u64, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[expect(clippy::needless_pass_by_value, reason = "callers write json!({…}) in place")]
fn call(id: u64, tool: &str, arguments: Value) -> Value {
    request(id, "tools/call", json!({"name": tool, "arguments": arguments}))
}

/// A call runs at one replica, and its cancellation arrives at another one.
async fn a_cancellation_finds_its_call(cluster: &Cluster, database: &str, servers: &[Server]) {
    let key = cluster.sites[0].key("robot", &[]);
    let legacy = Legacy::start(&servers[0], &key).await;
    let sleeping = legacy.post(&servers[0], &call(7, "notes_sleep", json!({"seconds": 50}))).send();
    let sleeping = tokio::spawn(async move { sleeping.await.unwrap().json::<Value>().await.unwrap() });
    let asleep = "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active'
                  AND datname = current_database() AND pid <> pg_backend_pid()";
    until("it sleeps", async || !Postgres::column(&cluster.notes, asleep).await.unwrap().is_empty()).await;

    let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
    assert_eq!(legacy.send(&servers[1], &cancelled).await.status(), 202);
    assert_eq!(sleeping.await.unwrap()["error"]["code"], -32800);
    until("the statement ended", async || Postgres::column(&cluster.notes, asleep).await.unwrap().is_empty()).await;
    let outcome = "SELECT outcome FROM audit_events WHERE target = 'notes.sleep'";
    let outcomes = async || Postgres::column(database, outcome).await.unwrap();
    until("it is in the trail", async || outcomes().await == ["cancelled"]).await;

    // Ended at one replica, a session has ended at all of them.
    let delete = legacy.with_headers(legacy.http.delete(servers[1].mcp_url())).send().await.unwrap();
    assert_eq!(delete.status(), 204);
    let ping = request(8, "ping", json!({}));
    until("the session is gone", async || legacy.send(&servers[0], &ping).await.status() == 404).await;
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
    let legacy = Legacy::start(&servers[0], &key).await;
    servers.remove(0).kill().await;
    let answer = legacy.send(&servers[0], &call(1, "notes_count_notes", json!({}))).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["result"]["structuredContent"]["rows"][0]["notes"], 0, "{answer}");
    let stranger = Api::anonymous(servers[0].url());
    assert_eq!(stranger.get("/mcp").await.status, 401);
}
