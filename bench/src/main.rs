//! Puente side by side with the limit. `make bench` builds everything with the release profile and runs this.
//!
//! All figures of a run are from the same machine and the same minutes; what counts are the ratios.

#![expect(clippy::cast_precision_loss, reason = "figures for people, not for arithmetic")]

mod bare;
mod call;
mod footprint;
mod gateway_time;
mod load;
mod moving;
mod pgbench;
mod report;
mod upstream;
mod workload;

use std::time::Duration;

use puente_test_support::postgres::Postgres;
use report::Report;
use workload::Backend;

/// Connections of a load.
const CONNECTIONS: usize = 32;
/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(5);
/// Measurements of each side, in turn; the medians are compared.
const ROUNDS: usize = 3;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut report = Report::default();
    // `make bench ONLY=transfer`
    let only = std::env::args().nth(1);
    if only.as_deref().is_none_or(|only| only == "transfer") {
        moving::measure(&mut report).await?;
    }
    if only.is_some() {
        report.print();
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("expenses.sqlite");
    workload::fill_sqlite(&file)?;
    side_by_side(&Backend::Sqlite { file }, &mut report).await?;

    let url = Postgres::shared().create_database().await?;
    workload::fill_postgres(&url).await?;
    pgbench::measure(&url, CONNECTIONS, TIME, &mut report)?;
    side_by_side(&Backend::Postgres { url }, &mut report).await?;

    upstream::measure(&mut report).await?;
    footprint::measure(&mut report).await?;
    report.print();
    Ok(())
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
