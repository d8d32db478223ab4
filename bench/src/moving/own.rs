//! Puente's own data: a long audit trail from SQLite into PostgreSQL, verified, and back; a backup of it, and its
//! restoring. Everything is read several times on the way (pre-flight, copy, comparison), so there is no limit to compare
//! with but the memory.

use std::{fs, process::Command};

use puente_tests::{PgDatabase, Site};
use rusqlite::Connection;

use super::{Measured, run};
use crate::report::Report;

/// Rows of the audit trail.
const ROWS: u64 = 1_000_000;

const FILL: &str = "
    INSERT INTO audit_events (id, at, subject, principal, principal_search, action, target, server, arguments_hash, outcome,
                              detail, duration_us, source_us, bytes, cached, request_id, address)
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    SELECT randomblob(16), 1700000000000000 + i * 1000, 'user:' || (i * 7919 % 5000), 'somebody', 'somebody', 'tools/call',
           'erp.search_' || (i % 40), 'default', hex(randomblob(32)), CASE i % 20 WHEN 0 THEN 'failed' ELSE 'ok' END,
           CASE i % 20 WHEN 0 THEN 'the system did not answer in time' END, i % 9000, i % 8000, i % 100000, i % 2,
           hex(randomblob(8)), '192.0.2.' || (i % 250) FROM n";

pub(super) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let (laptop, key) = (Site::embedded(), "the key of both which is long enough to be one");
    let laptop = laptop.setting("ENCRYPTION_KEY", key).setting("JWT_SECRET_KEY", key);
    laptop.puente(&["user", "list"]).expect_success();
    let file = laptop.data().join("puente.db");
    Connection::open(&file)?.execute(FILL, [i64::try_from(ROWS)?])?;
    let database = PgDatabase::empty().await;
    let server = Site::embedded().setting("DATABASE_URL", database.url());
    let server = server.setting("ENCRYPTION_KEY", key).setting("JWT_SECRET_KEY", key);
    let from = format!("sqlite:{}", file.display());
    let backup = laptop.path().join("all.backup");
    let backup = backup.to_str().unwrap_or_default();

    tell("transfer and comparison", &run(server.command(&["transfer", "--from", &from]))?, report);
    tell("transfer verify", &run(server.command(&["transfer", "verify", "--from", &from]))?, report);
    tell("transfer rollback", &run(server.command(&["transfer", "rollback"]))?, report);
    tell("backup", &run(server.command(&["backup", "--to", backup]))?, report);
    let mebibytes = fs::metadata(backup)?.len() as f64 / f64::from(1 << 20);
    report.line("own data, size of the backup", format!("{mebibytes:.0} MiB"), "");
    tell("restore", &run(server.command(&["restore", backup, "--replace"]))?, report);
    loader(&file, report).await
}

fn tell(what: &str, measured: &Measured, report: &mut Report) {
    let per_second = ROWS as f64 / measured.took.as_secs_f64();
    let figure = format!("{per_second:.0} rows/s, peak {:.0} MB", measured.peak_mb);
    report.line(format!("own data, {ROWS} rows, {what}"), figure, "peak < 100 MB");
}

/// The same file, where `pgloader` takes it: one pass, without a comparison.
async fn loader(file: &std::path::Path, report: &mut Report) -> anyhow::Result<()> {
    let database = PgDatabase::empty().await;
    let mut command = Command::new("pgloader");
    command.arg(format!("sqlite://{}", file.display())).arg(database.url().replace("postgresql://", "pgsql://"));
    match super::is_installed("pgloader").then(|| run(command)) {
        Some(Ok(measured)) => tell("pgloader", &measured, report),
        Some(Err(error)) => report.line(format!("own data, {ROWS} rows, pgloader"), format!("failed: {error:.60}"), ""),
        None => {}
    }
    Ok(())
}
