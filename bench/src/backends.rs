//! The same tool with Puente's own data in SQLite and in PostgreSQL.

use puente_tests::Backends;

use crate::{CONNECTIONS, ROUNDS, TIME, call, load, report::Report, workload::Backend};

/// Measures both in turn.
pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = Backend::sqlite_in(folder.path())?;
    let on = async |backends: &str| call::target_on(call::site_on(Backends::named(backends)), &source).await;
    let (sqlite, embedded) = on("sqlite+memory").await?;
    let (postgres, served) = on("postgresql+memory").await?;
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(load::run(&sqlite, CONNECTIONS, TIME).await?);
        other.push(load::run(&postgres, CONNECTIONS, TIME).await?);
    }
    let (one, other) = (load::median(one), load::median(other));
    report.measured("data in SQLite", &one);
    report.measured("data in PostgreSQL", &other);
    report.ratio("data in PostgreSQL / in SQLite", &other, &one, "");
    embedded.server.stop().await;
    served.server.stop().await;
    Ok(())
}
