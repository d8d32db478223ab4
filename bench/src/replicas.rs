//! The SQL tool at one and at three replicas behind nginx, and results kept in memory and in Redis.

use std::net::SocketAddr;

use puente_test_support::{postgres::Postgres, redis::Redis};
use puente_tests::{Cluster, Server};
use tempfile::TempDir;

use crate::{
    CONNECTIONS, ROUNDS, TIME, call,
    load::{self, Measured},
    nginx::{self, Nginx},
    report::Report,
    workload::{Backend, COMPANIES},
};

/// Replicas behind nginx, round robin.
struct Crowd {
    address: SocketAddr,
    key: String,
    /// Puente's own.
    database: String,
    servers: Vec<Server>,
    _rest: (Cluster, Nginx, TempDir, Option<Redis>),
}

impl Crowd {
    async fn of(replicas: usize, source: &Backend, redis: bool) -> anyhow::Result<Self> {
        let database = Postgres::shared().create_database().await?;
        let redis = redis.then(Redis::start);
        let (source_url, redis_url) = (source.url(), redis.as_ref().map(Redis::url));
        let mut settings = call::SETTINGS.to_vec();
        settings.push((call::SOURCE_URL, &source_url));
        settings.extend(redis_url.as_deref().map(|url| ("REDIS_URL", url)));
        let cluster = Cluster::new(&vec![database.clone(); replicas], &settings).await;
        let key = call::prepare(&cluster.sites[0]);
        let servers = cluster.serve().await;
        for server in servers.iter().filter(|_| redis.is_some()) {
            server.until("it uses Redis", async || server.mcp(&key).tool_names().await.len() == 2).await;
        }
        let addresses = servers.iter().map(|server| call::address(server.url())).collect::<anyhow::Result<Vec<_>>>()?;
        let folder = tempfile::tempdir()?;
        let (address, nginx) = nginx::start(&addresses, folder.path()).await?;
        Ok(Self { address, key, database, servers, _rest: (cluster, nginx, folder, redis) })
    }

    async fn load(&self, tool: &'static str) -> anyhow::Result<Measured> {
        load::run(&call::tool(self.address, tool, &self.key), CONNECTIONS, TIME).await
    }

    async fn stop(self) {
        for server in self.servers {
            server.stop().await;
        }
    }
}

/// Measures all of it.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let source = Backend::postgres().await?;
    alone_and_together(&source, report).await?;
    kept(&source, report).await
}

async fn alone_and_together(source: &Backend, report: &mut Report) -> anyhow::Result<()> {
    let (alone, together) = (Crowd::of(1, source, true).await?, Crowd::of(3, source, true).await?);
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(alone.load("bench_expenses").await?);
        three.push(together.load("bench_expenses").await?);
    }
    let (one, three) = (load::median(one), load::median(three));
    report.measured("SQL tool, 1 replica behind nginx", &one);
    report.measured("SQL tool, 3 replicas behind nginx", &three);
    report.ratio("3 replicas / 1, on the same cores", &three, &one, ">= 80 %");
    alone.stop().await;
    together.stop().await;
    Ok(())
}

/// Three replicas answer from what they keep; how often was the source asked?
async fn kept(source: &Backend, report: &mut Report) -> anyhow::Result<()> {
    let (memory, redis) = (Crowd::of(3, source, false).await?, Crowd::of(3, source, true).await?);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(memory.load("bench_kept").await?);
        other.push(redis.load("bench_kept").await?);
    }
    let (one, other) = (load::median(one), load::median(other));
    report.measured("kept results, 3 replicas, in memory", &one);
    report.measured("kept results, 3 replicas, in Redis", &other);
    report.ratio("kept in Redis / in memory", &other, &one, "");
    for (name, crowd, at_most) in [("in memory", memory, 3 * COMPANIES), ("in Redis", redis, COMPANIES)] {
        let database = crowd.database.clone();
        crowd.stop().await;
        let asked = "SELECT count(*)::text FROM audit_events WHERE target = 'bench.kept' AND NOT cached";
        let asked = Postgres::column(&database, asked).await?.remove(0);
        let what = format!("{COMPANIES} different results, 3 replicas, kept {name}: calls of the source");
        report.line(what, asked, &format!("about {at_most}"));
    }
    Ok(())
}
