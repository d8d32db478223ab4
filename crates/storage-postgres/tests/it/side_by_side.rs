//! Each migration only expands: the release before it serves on its schema, too, so that a rolling update and a step back
//! are safe. (`make soak` runs the two releases side by side.)

use std::path::Path;

use puente_storage::{
    Storage,
    testing::expansion::{Column, Schema, assert_append_only, assert_each_expands},
};
use puente_storage_postgres::{PostgresOptions, connect};
use puente_test_support::postgres::Postgres;
use sqlx::{Connection, PgConnection, Row, migrate::Migrator};

/// The migrations that were released, by the beginning of their SHA-384: there are databases that have them.
const RELEASED: [(i64, &str); 6] = [
    (1, "928d3b3c80a97b1b"),
    (2, "1bbdc22397221059"),
    (3, "8b4d6ccf35b57223"),
    (4, "0adbefddc01cd521"),
    (5, "4f491d01071f562f"),
    (7, "9613c6e7e5da3c6e"),
];

const COLUMNS: &str = "
    SELECT table_name::text, column_name::text, data_type || COALESCE(collation_name, ''),
           is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'
    FROM information_schema.columns WHERE table_schema = 'public'";

const REFUSALS: &str = "
    SELECT conrelid::regclass::text, conname::text FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indisunique AND relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal";

async fn schema(connection: &mut PgConnection) -> Schema {
    let columns = sqlx::query(COLUMNS).fetch_all(&mut *connection).await.unwrap();
    let column = |row: &sqlx::postgres::PgRow| Column {
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
    let url = Postgres::shared().create_database().await.unwrap();
    connect(&url, PostgresOptions::default()).await.unwrap().close().await;
    let said = Postgres::column(&url, "SELECT value FROM settings WHERE name = 'schema_serves_from'").await.unwrap();
    said[0].parse().unwrap()
}

#[tokio::test]
async fn the_release_before_each_migration_serves_on_its_schema() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    let all: Vec<_> = Migrator::new(folder).await.unwrap().iter().cloned().collect();
    let url = Postgres::shared().create_database().await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
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
