//! An SQLite file into PostgreSQL: `puente transfer --schema auto` against `pgloader`, and against `psql \copy` of the same
//! rows as the limit. All three make the same table, with its primary key and index, in databases of their own.

mod own;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context;
use puente_test_support::postgres::Postgres;
use puente_tests::tools;
use rusqlite::Connection;

use crate::report::Report;

/// Rows of the file, and of the larger one that memory is measured with.
const ROWS: [u64; 2] = [250_000, 1_000_000];
/// Measurements of each; the fastest counts, because nothing makes a program faster than it is.
const ROUNDS: usize = 2;

const TABLE: &str = "CREATE TABLE events (
    id INTEGER PRIMARY KEY, at DATETIME NOT NULL, subject TEXT NOT NULL, action TEXT NOT NULL, detail TEXT,
    amount NUMERIC(12, 2), ratio REAL, ok BOOLEAN NOT NULL, token BLOB NOT NULL);
    CREATE INDEX events_subject ON events (subject, at);";

const FILL: &str = "INSERT INTO events
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    SELECT i, datetime(1700000000 + i, 'unixepoch'), 'user:' || (i * 7919 % 5000), 'tools/call',
           CASE i % 3 WHEN 0 THEN NULL ELSE 'what happened in call number ' || i || ', told at some length: ' || hex(i * 104729) END,
           (i % 100000) / 100.0, i / 7.0, i % 2, randomblob(24) FROM n";

struct Measured {
    took: Duration,
    peak_mb: f64,
}

pub(crate) async fn measure(report: &mut Report) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for rows in ROWS {
        let file = folder.path().join(format!("{rows}.db"));
        let connection = Connection::open(&file)?;
        connection.execute_batch(TABLE)?;
        connection.execute(FILL, [i64::try_from(rows)?])?;
        drop(connection);
        side_by_side(&file, rows, report).await?;
    }
    own::measure(report).await
}

async fn side_by_side(file: &Path, rows: u64, report: &mut Report) -> anyhow::Result<()> {
    let csv = file.with_extension("csv");
    export(file, &csv)?;
    let mut ours = Vec::new();
    let mut limits = Vec::new();
    let mut loaders = Vec::new();
    for _ in 0..ROUNDS {
        limits.push(psql(&csv, &database().await?)?);
        ours.push(puente(file, &database().await?)?);
        loaders.extend(pgloader(file, &database().await?)?);
    }
    let (limit, ours, loader) = (fastest(limits), fastest(ours), fastest(loaders));
    let per_second = |measured: &Measured| rows as f64 / measured.took.as_secs_f64();
    for (who, measured) in [("psql \\copy", &limit), ("puente transfer", &ours), ("pgloader", &loader)] {
        let Some(measured) = measured else {
            report.line(format!("{rows} rows, {who}"), "not installed (`make bench` does it)", "");
            continue;
        };
        let figure = format!("{:.0} rows/s, peak {:.0} MB", per_second(measured), measured.peak_mb);
        report.line(
            format!("{rows} rows, {who}"),
            figure,
            if who.starts_with("puente") { "peak < 100 MB" } else { "" },
        );
    }
    if let (Some(ours), Some(limit)) = (&ours, &limit) {
        let ratio = 100.0 * per_second(ours) / per_second(limit);
        report.line(format!("{rows} rows, puente transfer / \\copy"), format!("{ratio:.0} %"), ">= 60 %");
    }
    if let (Some(ours), Some(loader)) = (&ours, &loader) {
        let ratio = per_second(ours) / per_second(loader);
        report.line(format!("{rows} rows, puente transfer / pgloader"), format!("{ratio:.1} x"), ">= 2 x");
    }
    Ok(())
}

async fn database() -> anyhow::Result<String> {
    Ok(Postgres::shared().create_database().await?)
}

fn fastest(all: Vec<Measured>) -> Option<Measured> {
    all.into_iter().min_by_key(|measured| measured.took)
}

/// The rows as CSV, written before the clock starts.
fn export(file: &Path, csv: &Path) -> anyhow::Result<()> {
    use std::{fmt::Write as _, io::Write as _};
    let connection = Connection::open(file)?;
    let mut statement =
        connection.prepare("SELECT id, at, subject, action, detail, amount, ratio, ok, hex(token) FROM events")?;
    let mut rows = statement.query([])?;
    let mut out = std::io::BufWriter::new(fs::File::create(csv)?);
    while let Some(row) = rows.next()? {
        let mut line = String::new();
        for column in 0..9 {
            let value: rusqlite::types::Value = row.get(column)?;
            let text = match value {
                rusqlite::types::Value::Null => String::new(),
                rusqlite::types::Value::Integer(value) => value.to_string(),
                rusqlite::types::Value::Real(value) => value.to_string(),
                rusqlite::types::Value::Text(text) if column == 8 => format!("\\x{text}"),
                rusqlite::types::Value::Text(text) => format!("\"{text}\""),
                rusqlite::types::Value::Blob(_) => anyhow::bail!("no column is a blob here"),
            };
            write!(line, "{}{text}", if column == 0 { "" } else { "," })?;
        }
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}

fn psql(csv: &Path, url: &str) -> anyhow::Result<Measured> {
    let copy = format!("\\copy events FROM '{}' (FORMAT csv)", csv.display());
    let table = "CREATE TABLE events (id bigint, at timestamp NOT NULL, subject text NOT NULL, action text NOT NULL,
                 detail text, amount numeric(12, 2), ratio double precision, ok boolean NOT NULL, token bytea NOT NULL)";
    let index = "ALTER TABLE events ADD PRIMARY KEY (id); CREATE INDEX events_subject ON events (subject, at)";
    let mut command = Command::new("psql");
    command.args(["--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1"]);
    command.args(["-c", table, "-c", &copy, "-c", index]).arg(url);
    run(command)
}

fn puente(file: &Path, url: &str) -> anyhow::Result<Measured> {
    let mut command = Command::new(tools::puente());
    let from = format!("sqlite:{}", file.display());
    command.args(["transfer", "--schema", "auto", "--from", &from, "--to", url, "--into-schema", "loaded"]);
    command.env("DATA_DIR", file.with_extension("data"));
    run(command)
}

/// `None` where it is not installed.
fn pgloader(file: &Path, url: &str) -> anyhow::Result<Option<Measured>> {
    if !is_installed("pgloader") {
        return Ok(None);
    }
    let mut command = Command::new("pgloader");
    command.arg(format!("sqlite://{}", file.display())).arg(url.replace("postgresql://", "pgsql://"));
    run(command).map(Some)
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Runs a program to its end, looking at its memory on the way.
fn run(mut command: Command) -> anyhow::Result<Measured> {
    let log = tempfile::NamedTempFile::new()?;
    command.stdin(Stdio::null()).stdout(log.reopen()?).stderr(log.reopen()?);
    let began = Instant::now();
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_mb = 0.0_f64;
    let ended = loop {
        let high = fs::read_to_string(&status).ok();
        let high = high.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("VmHWM:")));
        if let Some(high) = high {
            peak_mb = peak_mb.max(high.trim().trim_end_matches(" kB").parse::<f64>().context("VmHWM")? / 1000.0);
        }
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = began.elapsed();
    anyhow::ensure!(ended.success(), "{command:?} ended with {ended}: {}", fs::read_to_string(log.path())?);
    Ok(Measured { took, peak_mb })
}
