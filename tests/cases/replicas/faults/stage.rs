//! What everything happens to.

use std::fmt::Write;

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{Balancer, Cable, Cluster, Load, Server, Tally};

use super::super::until;

pub(super) const REPLICAS: usize = 3;
const AGENTS: usize = 6;
/// So many calls each replica must serve in every phase.
const ENOUGH: usize = 20;

/// A cluster with everything around it.
pub(super) struct Stage {
    pub(super) postgres: Postgres,
    pub(super) database: String,
    pub(super) redis: Redis,
    /// Between the last replica and PostgreSQL.
    pub(super) cable: Cable,
    pub(super) cluster: Cluster,
    pub(super) servers: Vec<Option<Server>>,
    pub(super) balancer: Balancer,
    pub(super) load: Load,
    /// Everything that was ever acknowledged.
    pub(super) acknowledged: Vec<String>,
    pub(super) report: String,
}

impl Stage {
    pub(super) async fn set() -> Self {
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
    pub(super) async fn serve_on(&self, replicas: &[usize]) {
        for replica in replicas {
            let served = async || self.load.served(*replica) >= ENOUGH;
            until(&format!("replica {replica} serves, after:\n{}", self.report), served).await;
        }
    }

    /// The end of a phase: its counts.
    pub(super) fn tally(&mut self, phase: &str) -> Tally {
        let mut tally = self.load.take();
        writeln!(self.report, "{phase}: {tally}").unwrap();
        self.acknowledged.append(&mut tally.acknowledged);
        tally
    }

    /// A phase in which nothing may fail, and every replica serves.
    pub(super) async fn nothing_fails(&mut self, phase: &str) {
        self.serve_on(&[0, 1, 2]).await;
        let tally = self.tally(phase);
        assert!(tally.failed.is_empty(), "{}\n{:#?}", self.report, tally.failed);
    }

    pub(super) async fn start(&mut self, replica: usize) {
        self.servers[replica] = Some(self.cluster.sites[replica].serve().await);
        until("the balancer sees it", async || self.balancer.is_ready(replica)).await;
    }
}
