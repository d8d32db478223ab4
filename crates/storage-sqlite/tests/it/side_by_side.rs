//! Each migration only expands: the release before it serves on its schema, too, so that a step back is safe.

use std::path::Path;

use puente_storage::{
    Storage,
    testing::expansion::{Column, Schema, assert_append_only, assert_each_expands},
};
use puente_storage_sqlite::{SqliteOptions, open};
use sqlx::{Connection, Row, SqliteConnection, migrate::Migrator};

/// The migrations that were released, by the beginning of their SHA-384: there are databases that have them.
const RELEASED: [(i64, &str); 6] = [
    (1, "de0a7ac6b2a92a71"),
    (2, "fb100bc6f6715368"),
    (3, "3a9178fb90981d5e"),
    (4, "7f3d64c89c96a009"),
    (5, "4f491d01071f562f"),
    (7, "0b236415635a0afb"),
];

const COLUMNS: &str = r#"
    SELECT t.name, c.name, c.type, c."notnull" AND c.dflt_value IS NULL AND c.hidden = 0
    FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'"#;

/// Unique indexes, also those of constraints, and triggers.
const REFUSALS: &str = r#"
    SELECT t.name, i.name FROM sqlite_schema AS t, pragma_index_list(t.name) AS i WHERE t.type = 'table' AND i."unique"
    UNION ALL SELECT tbl_name, name FROM sqlite_schema WHERE type = 'trigger'"#;

async fn schema(connection: &mut SqliteConnection) -> Schema {
    let columns = sqlx::query(COLUMNS).fetch_all(&mut *connection).await.unwrap();
    let column = |row: &sqlx::sqlite::SqliteRow| Column {
        table: row.get(0),
        name: row.get(1),
        kind: row.get(2),
        required: row.get(3),
    };
    let refusals = sqlx::query_as(REFUSALS).fetch_all(connection).await.unwrap();
    Schema { columns: columns.iter().map(column).collect(), refusals: refusals.into_iter().collect() }
}

/// The oldest schema whose program may serve, as this release says in the database.
async fn serves_from() -> i64 {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("puente.db");
    open(&path, SqliteOptions::default()).await.unwrap().close().await;
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let said = sqlx::query_scalar("SELECT value FROM settings WHERE name = 'schema_serves_from'");
    said.fetch_one(&mut connection).await.map(|said: String| said.parse().unwrap()).unwrap()
}

#[tokio::test]
async fn the_release_before_each_migration_serves_on_its_schema() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    let all: Vec<_> = Migrator::new(folder).await.unwrap().iter().cloned().collect();
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let mut schemas = Vec::new();
    for count in 1..=all.len() {
        Migrator::with_migrations(all[..count].to_vec()).run_direct(None, &mut connection, false).await.unwrap();
        schemas.push((all[count - 1].version, schema(&mut connection).await));
    }
    assert_each_expands(&schemas, serves_from().await);
}

#[tokio::test]
async fn migrations_are_append_only() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    let all = Migrator::new(folder).await.unwrap();
    assert_append_only(all.iter().map(|migration| (migration.version, &*migration.checksum)), &RELEASED);
}
