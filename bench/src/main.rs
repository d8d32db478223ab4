//! Puente side by side with the limit. `make bench` builds everything with the release profile and runs this.
//!
//! All figures of a run are from the same machine and the same minutes; what counts are the ratios.

#![expect(clippy::cast_precision_loss, reason = "figures for people, not for arithmetic")]

mod backends;
mod bare;
mod call;
mod discovery;
mod footprint;
mod gateway_time;
mod large;
mod load;
mod moving;
mod nginx;
mod pgbench;
mod replicas;
mod report;
mod upstream;
mod workload;

use std::time::Duration;

use report::Report;
use workload::Backend;

/// Connections of a load.
const CONNECTIONS: usize = 32;
/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(5);
/// Measurements of each side, in turn; the medians are compared.
const ROUNDS: usize = 3;

/// What `make bench` measures, and `make bench ONLY=transfer` by name.
const SCENARIOS: [&str; 8] = ["transfer", "sql", "upstream", "footprint", "backends", "replicas", "large", "discovery"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let only = std::env::args().nth(1);
    let chosen: Vec<_> =
        SCENARIOS.into_iter().filter(|name| only.as_deref().is_none_or(|only| only == *name)).collect();
    anyhow::ensure!(!chosen.is_empty(), "there is no such measurement; there are {}", SCENARIOS.join(", "));
    let mut report = Report::default();
    for scenario in chosen {
        match scenario {
            "transfer" => moving::measure(&mut report).await?,
            "upstream" => upstream::measure(&mut report).await?,
            "footprint" => footprint::measure(&mut report).await?,
            "backends" => backends::measure(&mut report).await?,
            "replicas" => replicas::measure(&mut report).await?,
            "discovery" => discovery::measure(&mut report).await?,
            "large" => large::measure(&mut report).await?,
            _ => sql(&mut report).await?,
        }
    }
    report.print();
    Ok(())
}

async fn sql(report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    side_by_side(&Backend::sqlite_in(folder.path())?, report).await?;
    let backend = Backend::postgres().await?;
    pgbench::measure(&backend.url(), CONNECTIONS, TIME, report)?;
    side_by_side(&backend, report).await
}

/// The tool through Puente against the bare handler, and Puente's own share of a call.
async fn side_by_side(backend: &Backend, report: &mut Report) -> anyhow::Result<()> {
    let bare = bare::target(backend, CONNECTIONS).await?;
    let (puente, installation) = call::target(backend).await?;
    let (mut limits, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        limits.push(load::run(&bare, CONNECTIONS, TIME).await?);
        ours.push(load::run(&puente, CONNECTIONS, TIME).await?);
    }
    let (limit, puente_at_full) = (load::median(limits), load::median(ours));
    report.compare(backend.name(), &limit, &puente_at_full);
    let paced = puente_at_full.per_second / 2.0;
    report.gateway_time(backend.name(), &gateway_time::measure(&puente, &installation, paced, TIME).await?);
    installation.server.stop().await;
    Ok(())
}
