//! The same life on every pair of backends: calls, results that are kept, limits, edits, sessions, tasks, jobs, the trail.
//! What it leaves behind is in the database that was named, keys in the Redis that was named, and nowhere else.

use puente_test_support::redis::Redis;
use puente_tests::{Api, Backends, Legacy, Mcp, Server, Site, erp, tools};
use serde_json::{Value, json};

/// Larger than what any machine counts to before a call becomes a task.
const SLOW: u64 = 1_500_000;

/// A running Puente on a pair of backends.
struct Life {
    site: Site,
    server: Server,
    key: String,
    mcp: Mcp,
}

impl Life {
    async fn on(backends: &str) -> Self {
        let site = Site::on(Backends::named(backends));
        erp::copy_to(&site.erp());
        let catalog = tools::root().join("tests/catalogs/backends.yaml");
        site.puente(&["apply", "-f", catalog.to_str().unwrap()]).expect_success();
        let key = site.key("robot", &[]);
        let server = site.serve().await;
        if site.backends().redis.is_some() {
            server.until("it has found Redis", async || server.has_found_redis()).await;
        }
        let mcp = server.mcp(&key).knowing_tasks();
        Self { site, server, key, mcp }
    }

    /// Another process on the same data.
    async fn again(self) -> Self {
        let Self { site, server, key, .. } = self;
        assert_eq!(server.stop().await.code(), Some(0));
        let server = site.serve().await;
        let mcp = server.mcp(&key).knowing_tasks();
        Self { site, server, key, mcp }
    }

    async fn call(&self, tool: &str) -> Value {
        self.mcp.call(tool, json!({})).await.expect(200)
    }

    /// The keys of the Redis that was named; `None` where none was.
    fn keys(&self, pattern: &str) -> Option<usize> {
        self.site.backends().redis.as_ref().map(|redis| redis.keys(pattern).len())
    }

    async fn count(&self, of: &str) -> usize {
        self.site.column(&format!("SELECT CAST(count(*) AS text) FROM {of}")).await[0].parse().unwrap()
    }
}

/// The second of two equal calls is answered from where results are kept.
async fn results_are_kept(life: &Life) {
    let first = life.call("erp_lasting").await;
    assert_eq!(life.call("erp_lasting").await["result"], first["result"]);
    let cached = "SELECT CASE WHEN cached THEN 'kept' ELSE 'asked' END FROM audit_events
                  WHERE target = 'erp.lasting' ORDER BY id";
    let rows = async || life.site.column(cached).await;
    life.server.until("both are in the trail", async || rows().await.len() == 2).await;
    assert_eq!(rows().await, ["asked", "kept"]);
    assert!(life.keys("puente:*:cache:result:*").is_none_or(|keys| keys == 1));
}

async fn limits_hold(life: &Life) {
    for _ in 0..2 {
        let answer = life.call("erp_limited").await;
        assert!(answer["result"].is_object(), "{answer}");
    }
    let refused = life.mcp.call("erp_limited", json!({})).await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert!(life.keys("puente:*:rate:erp.limited:*").is_none_or(|keys| keys == 1));
    assert!(life.keys("puente:*:rate:calls:*").is_none_or(|keys| keys == 1));
}

/// Another process edits; the server takes it up by itself, and a right that was taken away is gone.
async fn edits_are_seen(life: &Life) {
    let catalog = std::fs::read_to_string(tools::root().join("tests/catalogs/backends.yaml")).unwrap();
    let more = "\n      - {name: more, description: More., sql: SELECT 2 AS two}\nservers:";
    let path = life.site.write("more.yaml", &catalog.replacen("\nservers:", more, 1));
    life.site.puente(&["apply", "-f", &path]).expect_success();
    let names = async || life.mcp.tool_names().await;
    life.server.until("the edit shows", async || names().await.contains(&"erp_more".to_owned())).await;
    let other = life.site.key("short-lived", &[]);
    let other = life.server.mcp(&other);
    assert_eq!(other.tool_names().await.len(), 4);
    life.site.puente(&["key", "disable", "short-lived"]).expect_success();
    let status = async || other.send("tools/list", json!({})).await.status;
    life.server.until("the key is refused", async || status().await == 401).await;
}

/// A legacy agent's session and a person's sign-in.
struct Sessions {
    agent: Legacy,
    person: String,
}

impl Sessions {
    async fn begin(life: &Life) -> Self {
        let agent = Legacy::start(&life.server.mcp_url(), &life.key).await;
        let credentials = json!({"email": puente_tests::ADMIN_EMAIL, "password": puente_tests::ADMIN_PASSWORD});
        let before = life.count("refresh_tokens").await;
        let signed_in = Api::anonymous(life.server.url()).post("/api/v1/auth/token", credentials).await.expect(200);
        assert_eq!(life.count("mcp_sessions").await, 1);
        assert_eq!(life.count("refresh_tokens").await, before + 1);
        Self { agent, person: signed_in["access_token"].as_str().unwrap().to_owned() }
    }

    /// They go on with another process, until the agent leaves.
    async fn go_on(&self, life: &Life) {
        let url = life.server.mcp_url();
        let answer = self.agent.call(&url, "erp_lasting", json!({})).await.expect(200);
        assert!(answer["result"]["structuredContent"]["rows"].is_array(), "{answer}");
        let _ = life.server.api(&self.person).get("/api/v1/me").await.expect(200);
        assert_eq!(self.agent.end(&url).await.status(), 204);
        assert_eq!(self.agent.call(&url, "erp_lasting", json!({})).await.status, 404);
        assert_eq!(life.count("mcp_sessions").await, 0);
    }
}

/// A slow call goes on as a task: a row, and a job of the queue.
async fn slow_calls_are_tasks(life: &Life) {
    let task = life.mcp.start_task("erp_slow", json!({"number": SLOW})).await;
    let state = async || life.mcp.task(&task).await.expect(200)["result"].clone();
    life.server.until("the task has ended", async || state().await["status"] != "working").await;
    let ended = state().await;
    assert_eq!(ended["result"]["structuredContent"]["rows"][0]["counted"], SLOW, "{ended}");
    assert_eq!(life.count("tasks WHERE status = 'completed'").await, 1);
    let job = async || life.count("jobs WHERE kind <> 'prune' AND state = 'done'").await;
    life.server.until("its job is done", async || job().await == 1).await;
}

/// What is due by its schedule is done once, and everyone who may sees it.
async fn jobs_are_done(life: &Life) {
    life.server.until("the schedule is known", async || life.count("job_schedules").await == 1).await;
    let due = if life.site.backends().database_url.is_some() { "now()" } else { "1" };
    life.site.execute(&format!("UPDATE job_schedules SET next_at = {due}")).await;
    let done = ["jobs", "list", "--json", "--state", "done", "--kind", "prune"];
    let listed = async || life.site.puente(&done).json().as_array().unwrap().len();
    life.server.until("it is done", async || listed().await == 1).await;
    let admin = life.server.admin().await;
    let page = admin.get("/api/v1/jobs?state=done&kind=prune").await.expect(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
}

async fn check(backends: &str) {
    let life = Life::on(backends).await;
    results_are_kept(&life).await;
    limits_hold(&life).await;
    edits_are_seen(&life).await;
    slow_calls_are_tasks(&life).await;
    jobs_are_done(&life).await;
    let sessions = Sessions::begin(&life).await;
    let life = life.again().await;
    sessions.go_on(&life).await;

    let Life { site, server, .. } = life;
    server.stop().await;
    let trail =
        "SELECT target || ' ' || outcome FROM audit_events WHERE action = 'tools/call' ORDER BY target, outcome";
    let lasting = ["erp.lasting ok"; 3];
    let expected = [&lasting[..], &["erp.limited limited", "erp.limited ok", "erp.limited ok", "erp.slow ok"]];
    assert_eq!(site.column(trail).await, expected.concat(), "{backends}");
    let embedded = site.data().join("puente.db").exists();
    assert_eq!(embedded, site.backends().database_url.is_none(), "{backends}");
}

#[tokio::test]
async fn sqlite_and_memory() {
    check("sqlite+memory").await;
}

#[tokio::test]
async fn sqlite_and_redis() {
    check("sqlite+redis").await;
}

#[tokio::test]
async fn postgresql_and_memory() {
    check("postgresql+memory").await;
}

#[tokio::test]
async fn postgresql_and_redis() {
    check("postgresql+redis").await;
}

/// `rediss://`: with a certificate that the machine trusts.
#[tokio::test]
async fn redis_over_tls() {
    let redis = Redis::start_with_tls();
    let certificate = redis.certificate();
    let site = Site::embedded().setting("REDIS_URL", &redis.tls_url());
    let site = site.setting("SSL_CERT_FILE", certificate.to_str().unwrap());
    let server = site.serve().await;
    server.until("it has found Redis", async || server.has_found_redis()).await;
    let _ = server.admin().await.get("/api/v1/me").await.expect(200);
    assert_eq!(redis.keys("puente:*:rate:calls:*").len(), 1);
}
