//! A large installation beside a new one: 1,000,000 rows in the audit trail, 10,000 tools in the catalog.

mod fill;
mod search;

use puente_tests::Backends;

use crate::{
    ROUNDS, TIME,
    call::{self, Installation},
    load::{self, Measured, Target},
    report::Report,
    workload::Backend,
};

/// Few enough that a call does not wait for others.
const CONNECTIONS: usize = 4;

/// Measures on both databases.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = Backend::sqlite_in(folder.path())?;
    for (backends, name) in [("sqlite+memory", "SQLite"), ("postgresql+memory", "PostgreSQL")] {
        let on = async || call::target_on(call::site_on(Backends::named(backends)), &source).await;
        let ((new, small), (_, large)) = (on().await?, on().await?);
        let large = fill::fill(large).await?;
        let key = large.site.key("large", &["--owner", "bench@example.com"]);
        let full = call::tool(call::address(large.server.url())?, "bench_expenses", &key);
        calls(name, &new, &full, report).await?;
        search::measure(name, &large, &key, report).await?;
        for Installation { server, .. } in [small, large] {
            server.stop().await;
        }
    }
    Ok(())
}

async fn calls(name: &str, new: &Target, full: &Target, report: &mut Report) -> anyhow::Result<()> {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(load::run(new, CONNECTIONS, TIME).await?);
        other.push(load::run(full, CONNECTIONS, TIME).await?);
    }
    let (one, other) = (load::median(one), load::median(other));
    report.measured(format!("{name}, new, {CONNECTIONS} connections"), &one);
    report.measured(format!("{name}, large, {CONNECTIONS} connections"), &other);
    let p50 = |measured: &Measured| measured.p50.as_secs_f64();
    let change = 100.0 * (p50(&other) / p50(&one) - 1.0);
    report.line(format!("{name}, change of p50 in the large one"), format!("{change:+.1} %"), "< 10 %");
    Ok(())
}
