//! Counters that give rows their numbers: each must go on behind the largest number there is, and behind those that were
//! given to rows that are gone.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;

use crate::{
    error::{Result, postgres, sqlite},
    schema::{Table, quoted},
    side::{Side, with},
};

/// The columns that a sequence fills.
const OWNED: &str = "
    SELECT c.relname::text, a.attname::text, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL";

/// The last number that each table's counter has given, where there is a counter that has given any.
pub(crate) async fn read(side: &mut Side) -> Result<BTreeMap<String, i64>> {
    let doing = "reading sequences";
    match side {
        Side::Sqlite(connection) => with(connection.clone(), of_sqlite).await.map_err(sqlite(doing)),
        Side::Postgres(pg) => {
            let owned: Vec<(String, String, String)> =
                sqlx::query_as(OWNED).fetch_all(pg.connection()).await.map_err(postgres(doing))?;
            let mut last = BTreeMap::new();
            for (table, _, sequence) in owned {
                let sql = format!("SELECT CASE WHEN is_called THEN last_value END FROM {sequence}");
                let value: Option<i64> =
                    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pg.connection()).await.map_err(postgres(doing))?;
                last.extend(value.map(|value| (table, value)));
            }
            Ok(last)
        }
        Side::Backup(_) => Ok(BTreeMap::new()),
    }
}

/// The same for SQLite's `AUTOINCREMENT`.
pub(crate) fn of_sqlite(connection: &rusqlite::Connection) -> rusqlite::Result<BTreeMap<String, i64>> {
    if !has_counters(connection)? {
        return Ok(BTreeMap::new());
    }
    let mut statement = connection.prepare("SELECT name, seq FROM sqlite_sequence")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Sets the counters of the target.
pub(crate) async fn write(side: &mut Side, tables: &[Table], last: &BTreeMap<String, i64>) -> Result<()> {
    let doing = "setting sequences";
    match side {
        Side::Sqlite(connection) => {
            let last = last.clone();
            let write = move |connection: &rusqlite::Connection| -> rusqlite::Result<()> {
                if !has_counters(connection)? {
                    return Ok(());
                }
                for (table, value) in &last {
                    // A row is there as soon as a row was inserted; without rows it is not.
                    let sql = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
                    if connection.execute(sql, rusqlite::params![table, value])? == 0 {
                        connection
                            .execute("INSERT INTO sqlite_sequence VALUES (?1, ?2)", rusqlite::params![table, value])?;
                    }
                }
                Ok(())
            };
            with(connection.clone(), write).await.map_err(sqlite(doing))
        }
        Side::Postgres(pg) => {
            let owned: Vec<(String, String, String)> =
                sqlx::query_as(OWNED).fetch_all(pg.connection()).await.map_err(postgres(doing))?;
            for (table, column, sequence) in
                owned.into_iter().filter(|(name, ..)| tables.iter().any(|t| t.name == *name))
            {
                let largest = format!("SELECT max({})::bigint FROM {}", quoted(&column), quoted(&table));
                let largest: Option<i64> = sqlx::query_scalar(AssertSqlSafe(largest))
                    .fetch_one(pg.connection())
                    .await
                    .map_err(postgres(doing))?;
                if let Some(value) = largest.max(last.get(&table).copied()) {
                    let set = sqlx::query("SELECT setval($1::regclass, $2)").bind(sequence).bind(value);
                    set.execute(pg.connection()).await.map_err(postgres(doing))?;
                }
            }
            Ok(())
        }
        Side::Backup(_) => Ok(()),
    }
}

/// SQLite makes the table with the first `AUTOINCREMENT`.
fn has_counters(connection: &rusqlite::Connection) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")?.exists([])
}
