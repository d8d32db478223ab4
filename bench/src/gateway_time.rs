//! Puente's own share of a call: wall time minus the source's span, as its audit trail says.

use std::time::Duration;

use anyhow::ensure;
use rusqlite::Connection;

use crate::{
    call::Installation,
    load::{self, Target},
};

/// p50 and p99 at `per_second` calls.
pub(crate) async fn measure(
    target: &Target,
    installation: &Installation,
    per_second: f64,
    time: Duration,
) -> anyhow::Result<(Duration, Duration)> {
    let database = Connection::open(installation.site.data().join("puente.db"))?;
    let newest: Option<Vec<u8>> = database.query_row("SELECT max(id) FROM audit_events", [], |row| row.get(0))?;
    load::paced(target, per_second, time).await?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut statement = database.prepare(
        "SELECT duration_us - source_us FROM audit_events WHERE action = 'tools/call' AND id > ?1 ORDER BY 1",
    )?;
    let micros: Vec<i64> =
        statement.query_map([newest.unwrap_or_default()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    ensure!(!micros.is_empty(), "no call is in the audit trail");
    let at = |percent: usize| Duration::from_micros(micros[(micros.len() - 1) * percent / 100].unsigned_abs());
    Ok((at(50), at(99)))
}
