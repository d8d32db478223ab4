//! Three replicas on a PostgreSQL and a Redis, under a steady load that goes through a balancer: whatever fails, only the
//! calls that were on it do. Everything happens to one cluster, one thing after the other, and the counts are printed.

use std::fmt::Write;

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{
    Api, Balancer, Cable, Cluster, Load, Server, Tally,
    official::{Language, Plan},
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::until;

const REPLICAS: usize = 3;
const AGENTS: usize = 6;
/// So many calls each replica must serve in every phase.
const ENOUGH: usize = 20;

struct Stage {
    postgres: Postgres,
    database: String,
    redis: Redis,
    /// Between the last replica and PostgreSQL.
    cable: Cable,
    cluster: Cluster,
    servers: Vec<Option<Server>>,
    balancer: Balancer,
    load: Load,
    /// Everything that was ever acknowledged.
    acknowledged: Vec<String>,
    report: String,
}

impl Stage {
    async fn set() -> Self {
        let postgres = Postgres::own();
        let database = postgres.create_database().await.unwrap();
        let redis = Redis::start();
        let cable = Cable::to(postgres.port()).await;
        let over_cable = database.replace(&postgres.port().to_string(), &cable.port().to_string());
        let databases = [database.clone(), database.clone(), over_cable];
        let (redis_url, patience) = (redis.url(), "2s");
        let settings = [
            ("REDIS_URL", redis_url.as_str()),
            ("RATE_LIMIT", "1000000/1m"),
            ("SHUTDOWN_DELAY", "2s"),
            ("DATABASE_ACQUIRE_TIMEOUT", patience),
            ("WORKERS", "2"),
        ];
        let cluster = Cluster::new(&databases, &settings).await;
        cluster.apply();
        let servers = cluster.serve().await.into_iter().map(Some).collect();
        let balancer = cluster.balancer().await;
        let key = cluster.sites[0].key("agents", &[]);
        let load = Load::start(balancer.url(), &key, AGENTS);
        let (acknowledged, report) = (Vec::new(), String::new());
        Self { postgres, database, redis, cable, cluster, servers, balancer, load, acknowledged, report }
    }

    /// Lets the load go on until each of these replicas has served enough calls.
    async fn serve_on(&self, replicas: &[usize]) {
        for replica in replicas {
            let served = async || self.load.served(*replica) >= ENOUGH;
            until(&format!("replica {replica} serves, after:\n{}", self.report), served).await;
        }
    }

    /// The end of a phase: its counts.
    fn tally(&mut self, phase: &str) -> Tally {
        let mut tally = self.load.take();
        writeln!(self.report, "{phase}: {tally}").unwrap();
        self.acknowledged.append(&mut tally.acknowledged);
        tally
    }

    /// A phase in which nothing may fail, and every replica serves.
    async fn nothing_fails(&mut self, phase: &str) {
        self.serve_on(&[0, 1, 2]).await;
        let tally = self.tally(phase);
        assert!(tally.failed.is_empty(), "{}\n{:#?}", self.report, tally.failed);
    }

    async fn start(&mut self, replica: usize) {
        self.servers[replica] = Some(self.cluster.sites[replica].serve().await);
        until("the balancer sees it", async || self.balancer.is_ready(replica)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_was_on_it_fails() {
    let mut stage = Stage::set().await;
    let credentials = json!({"email": puente_tests::ADMIN_EMAIL, "password": puente_tests::ADMIN_PASSWORD});
    let signed_in = Api::anonymous(stage.balancer.url()).post("/api/v1/auth/token", credentials).await.expect(200);
    stage.nothing_fails("at first").await;

    one_replica_is_killed(&mut stage).await;
    let official = OfficialClients::start(&stage);
    all_replicas_are_replaced(&mut stage).await;
    redis_fails(&mut stage).await;
    official.end(&mut stage).await;
    one_replica_is_cut_off(&mut stage).await;
    postgresql_restarts(&mut stage).await;

    let token = signed_in["access_token"].as_str().unwrap();
    let _ = Api::new(stage.balancer.url(), token).get("/api/v1/me").await.expect(200);
    nothing_is_half_done(stage).await;
}

async fn one_replica_is_killed(stage: &mut Stage) {
    stage.servers[1].take().unwrap().kill().await;
    until("the balancer sees it", async || !stage.balancer.is_ready(1)).await;
    let tally = stage.tally("while replica 1 was killed");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(1)), "{}\n{:#?}", stage.report, tally.failed);
    // Calls that the balancer had sent before it saw may still be counted.
    stage.serve_on(&[0, 2]).await;
    let tally = stage.tally("without replica 1");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(1)), "{}\n{:#?}", stage.report, tally.failed);
    stage.start(1).await;
    stage.nothing_fails("with replica 1 again").await;
}

async fn all_replicas_are_replaced(stage: &mut Stage) {
    for replica in 0..REPLICAS {
        let server = stage.servers[replica].take().unwrap();
        assert_eq!(server.stop().await.code(), Some(0));
        until("the balancer sees it", async || !stage.balancer.is_ready(replica)).await;
        stage.start(replica).await;
    }
    stage.nothing_fails("while one replica after the other was replaced").await;
}

async fn redis_fails(stage: &mut Stage) {
    stage.redis.hang();
    stage.nothing_fails("while Redis hung").await;
    stage.redis.go_on();
    stage.nothing_fails("when Redis went on").await;
    let _ = stage.redis.ask(&["FLUSHALL"]);
    stage.nothing_fails("after FLUSHALL").await;
    fill(&stage.redis);
    stage.nothing_fails("while Redis was full").await;
    assert!(evicted(&stage.redis) > 0, "nothing was evicted");
    stage.redis.kill();
    stage.nothing_fails("without Redis").await;
    stage.redis.start_again();
    stage.nothing_fails("with Redis again").await;
    let redis = &stage.redis;
    until("Redis is used again", async || !redis.keys("puente:*").is_empty()).await;
}

/// Leaves no room, and lets Redis take what it wants for new keys.
fn fill(redis: &Redis) {
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory", "5mb"]);
    let value = "x".repeat(10_000);
    for number in 0..1000 {
        let answer = redis.ask(&["SET", &format!("filler-{number}"), &value]);
        assert_eq!(answer, "+OK\r\n");
    }
}

fn evicted(redis: &Redis) -> u64 {
    let statistics = redis.ask(&["INFO", "stats"]);
    let evicted = statistics.lines().find_map(|line| line.strip_prefix("evicted_keys:"));
    evicted.expect("Redis counts them").trim().parse().unwrap()
}

/// The replica says that it is not ready, and the others do its work.
async fn one_replica_is_cut_off(stage: &mut Stage) {
    stage.cable.cut();
    until("the balancer sees it", async || !stage.balancer.is_ready(2)).await;
    // Calls that it holds end once it has waited long enough for a connection.
    stage.serve_on(&[0, 1]).await;
    let tally = stage.tally("while replica 2 was cut off from PostgreSQL");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(2)), "{}\n{:#?}", stage.report, tally.failed);
    stage.cable.mend();
    until("the balancer sees it", async || stage.balancer.is_ready(2)).await;
    stage.serve_on(&[0, 1, 2]).await;
    let tally = stage.tally("when it was connected again");
    assert!(tally.failed.iter().all(|(replica, _)| *replica == Some(2)), "{}\n{:#?}", stage.report, tally.failed);
    stage.nothing_fails("after that").await;
}

/// Calls that need it wait or fail with an answer; nobody has to do anything for the recovery.
async fn postgresql_restarts(stage: &mut Stage) {
    tokio::task::block_in_place(|| stage.postgres.restart());
    stage.serve_on(&[0, 1, 2]).await;
    until("all are ready", async || (0..REPLICAS).all(|replica| stage.balancer.is_ready(replica))).await;
    let tally = stage.tally("while PostgreSQL restarted");
    let unanswered = tally.failed.iter().filter(|(_, answer)| answer.starts_with("0 ")).count();
    assert_eq!(unanswered, 0, "{}\n{:#?}", stage.report, tally.failed);
    // A call that began before may end now.
    stage.serve_on(&[0, 1, 2]).await;
    stage.tally("when PostgreSQL was back");
    stage.nothing_fails("after that").await;
}

/// Every note that was acknowledged is there and audited; every note that is there has a trace.
async fn nothing_is_half_done(mut stage: Stage) {
    let Stage { load, .. } = stage;
    let mut last = load.take();
    load.stop().await;
    stage.acknowledged.append(&mut last.acknowledged);
    let notes = Postgres::column(&stage.cluster.notes, "SELECT marker FROM notes").await.unwrap();
    let missing: Vec<_> = stage.acknowledged.iter().filter(|marker| !notes.contains(marker)).collect();
    assert!(missing.is_empty(), "acknowledged, but not written: {missing:?}");
    let trail = "SELECT arguments || ' ' || outcome FROM audit_events WHERE target = 'notes.add_note'";
    let trail = Postgres::column(&stage.database, trail).await.unwrap();
    let traces = |marker: &String| {
        let arguments = json!({"marker": marker}).to_string();
        trail.iter().filter(move |row| row.starts_with(&arguments)).collect::<Vec<_>>()
    };
    for marker in &notes {
        assert_eq!(traces(marker).len(), 1, "{marker}");
    }
    let not_ok: Vec<_> = stage.acknowledged.iter().filter(|marker| !traces(marker)[0].ends_with(" ok")).collect();
    assert!(not_ok.is_empty(), "acknowledged, but not audited as such: {not_ok:?}");
    println!("{}{} notes were written, {} acknowledged", stage.report, notes.len(), stage.acknowledged.len());
}

/// Official clients that call until they are told to end, one of each era.
struct OfficialClients {
    end: String,
    clients: Vec<(&'static str, JoinHandle<Value>)>,
}

impl OfficialClients {
    fn start(stage: &Stage) -> Self {
        let site = &stage.cluster.sites[0];
        let key = site.key("official", &[]);
        let end = site.path().join("end").to_str().unwrap().to_owned();
        let url = format!("{}/mcp", stage.balancer.url());
        let clients = ["legacy", "2026-07-28"].map(|mode| {
            let call = json!({"name": "notes_count_notes", "arguments": {}});
            let plan = Plan::http(&url, &key, mode).step_until("tools/call", call, &end);
            (mode, tokio::spawn(async move { plan.run(Language::Python).await.result(0).clone() }))
        });
        Self { end, clients: clients.into() }
    }

    async fn end(self, stage: &mut Stage) {
        std::fs::write(&self.end, "").unwrap();
        for (mode, client) in self.clients {
            let result = client.await.unwrap();
            writeln!(stage.report, "the official client ({mode}) meanwhile: {result}").unwrap();
            assert_eq!(result["failed"], json!([]), "{}", stage.report);
            assert!(result["calls"].as_u64().unwrap() >= 10, "{}", stage.report);
        }
    }
}
