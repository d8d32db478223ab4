//! What takes many minutes: `make soak`.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{Api, Balancer, Cluster, Legacy, Load, Run, Server, tools};
use serde_json::json;

use super::{is_ok, until};

/// So many calls each replica must serve in every phase.
const ENOUGH: usize = 50;

/// Two replicas, of which each may be of this release or of the one before.
struct Pair {
    cluster: Cluster,
    servers: Vec<Server>,
    balancer: Balancer,
    load: Load,
    report: String,
    _redis: Redis,
}

impl Pair {
    /// Both of the release before, on a schema that only it has made.
    async fn of(previous: &Path, database: &str) -> Self {
        let redis = Redis::start();
        let url = redis.url();
        let settings = [("REDIS_URL", url.as_str()), ("RATE_LIMIT", "1000000/1m"), ("SHUTDOWN_DELAY", "1s")];
        let cluster = Cluster::new(&vec![database.to_owned(); 2], &settings).await;
        let catalog = tools::root().join("tests/catalogs/replicas.yaml");
        let apply = ["apply", "-f", catalog.to_str().unwrap()];
        Run::of(cluster.sites[0].command_by(previous, &apply)).expect_success();
        let key = Run::of(cluster.sites[0].command_by(previous, &["key", "create", "agents", "--json"])).json();
        let mut servers = Vec::new();
        for site in &cluster.sites {
            servers.push(Server::start_by(site, site.command_by(previous, &["serve"])).await);
        }
        let balancer = cluster.balancer().await;
        let load = Load::start(balancer.url(), key["key"].as_str().unwrap(), 4);
        Self { cluster, servers, balancer, load, report: String::new(), _redis: redis }
    }

    /// Stops a replica, and starts it as another release.
    async fn replace(&mut self, replica: usize, binary: &Path) {
        let server = self.servers.remove(replica);
        assert_eq!(server.stop().await.code(), Some(0));
        let site = &self.cluster.sites[replica];
        self.servers.insert(replica, Server::start_by(site, site.command_by(binary, &["serve"])).await);
        until("the balancer sees it", async || self.balancer.is_ready(replica)).await;
    }

    /// Both serve; nothing has failed, and nothing fails.
    async fn nothing_fails(&mut self, phase: &str) {
        for replica in 0..2 {
            let served = async || self.load.served(replica) >= ENOUGH;
            until(&format!("replica {replica} serves, after:\n{}", self.report), served).await;
        }
        let tally = self.load.take();
        writeln!(self.report, "{phase}: {tally}").unwrap();
        assert!(tally.failed.is_empty(), "{}\n{:#?}", self.report, tally.failed);
        self.both_work_for_each_other().await;
    }

    /// What begins at one goes on at the other, whichever is the newer.
    async fn both_work_for_each_other(&self) {
        let admin = self.servers[0].admin().await;
        let key = admin.post("/api/v1/keys", json!({"name": "passing"})).await.expect(201);
        let key = key["secret"].as_str().unwrap();
        for (here, there) in [(0, 1), (1, 0)] {
            let (here, there) = (&self.servers[here], &self.servers[there]);
            let credentials = json!({"email": puente_tests::ADMIN_EMAIL, "password": puente_tests::ADMIN_PASSWORD});
            let tokens = Api::anonymous(here.url()).post("/api/v1/auth/token", credentials).await.expect(200);
            let admin = there.api(tokens["access_token"].as_str().unwrap());
            let _ = admin.get("/api/v1/me").await.expect(200);
            let session = Legacy::start(&here.mcp_url(), key).await;
            assert!(is_ok(&session.call(&there.mcp_url(), "notes_count_notes", json!({})).await));
            let made = admin.post("/api/v1/keys", json!({"name": "short-lived"})).await.expect(201);
            let agent = here.mcp(made["secret"].as_str().unwrap());
            let listed = async || agent.send("tools/list", json!({})).await.status;
            assert_eq!(listed().await, 200);
            let _ = admin.delete("/api/v1/keys/short-lived").await.expect(204);
            until("the other replica refuses the key", async || listed().await == 401).await;
        }
        let _ = admin.delete("/api/v1/keys/passing").await.expect(204);
    }
}

async fn newest(database: &str) -> i64 {
    let newest = "SELECT max(version)::text FROM _sqlx_migrations WHERE success";
    Postgres::column(database, newest).await.unwrap()[0].parse().unwrap()
}

/// A rolling update under load, a step back, and the update again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "make soak: it needs the release before, see scripts/previous-release.sh"]
async fn a_release_and_the_one_before_serve_side_by_side() {
    let previous = std::env::var_os("PUENTE_PREVIOUS_BIN").expect("PUENTE_PREVIOUS_BIN names the release before");
    let (previous, this) = (PathBuf::from(previous), tools::puente());
    let database = Postgres::shared().create_database().await.unwrap();
    let mut pair = Pair::of(&previous, &database).await;
    let before = newest(&database).await;
    pair.nothing_fails("both of the release before").await;
    pair.replace(1, &this).await;
    let after = newest(&database).await;
    assert!(after > before, "both releases have the schema {before}");
    pair.nothing_fails("one of each").await;
    pair.replace(1, &previous).await;
    pair.nothing_fails("a step back").await;
    pair.replace(0, &this).await;
    pair.nothing_fails("one of each, the other way round").await;
    pair.replace(1, &this).await;
    pair.nothing_fails("both of this release").await;
    println!("schemas {before} and {after}\n{}", pair.report);
    pair.load.stop().await;
}
