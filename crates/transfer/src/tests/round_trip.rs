//! SQLite → PostgreSQL → SQLite.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{
    generate::Generator,
    world::{OPTIONS, Ticking, empty_postgres, installation, migrated_postgres, migrated_sqlite},
};
use crate::{Installation, Options, Place, Progress, Report, open_token_keys, rules, transfer, verify};

/// Rows of each table but the audit trail.
const ROWS: usize = 60;
const MEGABYTE: usize = 1 << 20;

pub(super) async fn generated(folder: &Path, audit_rows: usize, large: usize) -> Installation {
    let path = folder.join("laptop/puente.db");
    let from = installation(migrated_sqlite(&path).await, "laptop", folder);
    let (a, b) = (schema(&from.place).await, schema(&migrated_postgres().await).await);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA synchronous = OFF").unwrap();
    let rows = |table: &str| if table == "audit_events" { audit_rows } else { ROWS };
    Generator::new(&connection, large).fill(&a, &b, &from.keys.vault, rows);
    std::fs::create_dir_all(from.uploads.join("ab")).unwrap();
    std::fs::write(from.uploads.join("ab/abcd"), vec![7; 3 << 20]).unwrap();
    std::fs::write(from.uploads.join("empty"), "").unwrap();
    from
}

async fn schema(place: &Place) -> crate::schema::Schema {
    let mut side = verify::open(place).await.unwrap();
    let schema = side.schema().await.unwrap();
    side.close().await;
    schema
}

pub(super) fn path(installation: &Installation) -> PathBuf {
    match &installation.place {
        Place::Sqlite(path) => path.clone(),
        Place::Postgres(_) | Place::Backup(_) => panic!("not a file"),
    }
}

fn hashes(report: &Report) -> Vec<(&str, u64, &str)> {
    report.tables.iter().map(|table| (&*table.name, table.rows, &*table.hash)).collect()
}

/// Says whether two files hold the same rows, without any of our own code.
pub(super) fn assert_same_rows(a: &Path, b: &Path) {
    let connection = Connection::open(a).unwrap();
    connection.execute("ATTACH ?1 AS other", [b.to_str().unwrap()]).unwrap();
    let names = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    for table in crate::sqlite::strings(&connection, names, []).unwrap() {
        if !rules::is_carried(&table) {
            continue;
        }
        let (columns, condition) = match table.as_str() {
            "jobs" => ("id, kind, state, priority, unique_key, run_at, holder, error, created_at", ""),
            "secrets" => ("name, updated_at", ""),
            "audit_keys" => ("id, created_at", ""),
            "tasks" => ("id, subject, server, tool, status, status_message, expires_at, created_at, updated_at", ""),
            "results" => ("id, subject, mime_type, expires_at, created_at", ""),
            "settings" => ("*", "WHERE name NOT LIKE 'transfer.%' AND name <> 'schema_serves_from'"),
            _ => ("*", ""),
        };
        for (x, y) in [("main", "other"), ("other", "main")] {
            let sql = format!(
                "SELECT count(*) FROM (SELECT {columns} FROM {x}.\"{table}\" {condition}
                 EXCEPT SELECT {columns} FROM {y}.\"{table}\" {condition})"
            );
            let only_here: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(only_here, 0, "{table}: rows only in {x}");
        }
        let count = |schema| {
            connection.query_row(&format!("SELECT count(*) FROM {schema}.\"{table}\" {condition}"), [], |row| {
                row.get::<_, i64>(0)
            })
        };
        assert_eq!(count("main").unwrap(), count("other").unwrap(), "{table}");
    }
}

async fn round_trip(audit_rows: usize, large: usize) {
    let folder = tempfile::tempdir().unwrap();
    let from = generated(folder.path(), audit_rows, large).await;
    let before = std::fs::read(path(&from)).unwrap();
    let (clock, progress) = (Ticking::default(), Progress::default());

    let server = installation(empty_postgres().await, "server", folder.path());
    let there = transfer(&from, &server, OPTIONS, &clock, &progress).await.unwrap();
    assert_eq!(there.tables.iter().find(|table| table.name == "audit_events").unwrap().rows, audit_rows as u64);
    assert!(there.tables.iter().all(|table| table.rows > 0), "a table was not filled: {there:?}");
    assert_eq!((there.files.count, there.files.copied), (2, 2));
    assert!(std::fs::read(path(&from)).unwrap() == before, "the source was changed");
    let verified = verify(&from, &server, &progress).await.unwrap();
    assert!(verified.is_same(), "{verified:?}");

    let other = installation(Place::Sqlite(folder.path().join("other/puente.db")), "other", folder.path());
    let back = transfer(&server, &other, OPTIONS, &clock, &progress).await.unwrap();
    assert_eq!(hashes(&there), hashes(&back));
    assert_same_rows(&path(&from), &path(&other));
    let mut side = verify::open(&other.place).await.unwrap();
    let kept = side.setting(rules::TOKEN_KEYS).await.unwrap().unwrap();
    let kept = open_token_keys(&other.keys.vault, &kept).unwrap();
    let kept: Vec<&str> = kept.iter().map(secrecy::ExposeSecret::expose_secret).collect();
    assert_eq!(kept, ["server's token key", "laptop's token key"]);
}

#[tokio::test]
async fn everything_comes_back_as_it_was() {
    round_trip(100_000, 10 * MEGABYTE).await;
}

mod soak {
    #[tokio::test]
    #[ignore = "a million rows take minutes"]
    async fn a_million_rows_come_back_as_they_were() {
        super::round_trip(1_000_000, 10 * super::MEGABYTE).await;
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let from = generated(folder.path(), 10, MEGABYTE).await;
    let to = installation(empty_postgres().await, "server", folder.path());
    let options = Options { dry_run: true, ..OPTIONS };
    let report = transfer(&from, &to, options, &Ticking::default(), &Progress::default()).await.unwrap();
    assert!(report.rows() > 100);
    let tables: i64 =
        super::world::scalar(&to.place, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            .await;
    assert_eq!(tables, 0);
    assert!(!to.uploads.exists() && !to.data.join(crate::REPORT_FILE).exists());
}
