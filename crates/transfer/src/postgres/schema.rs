//! What tables a PostgreSQL schema holds.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{PgConnection, Row};

use crate::{
    error::{Result, postgres},
    rules,
    schema::{Column, Kind, Schema, Table},
};

const COLUMNS: &str = "
    SELECT c.relname::text AS t, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS declared,
           NOT a.attnotnull AS nullable
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY 1, a.attnum";

/// The columns of each table's primary key, else of its first unique index.
const KEYS: &str = "
    SELECT DISTINCT ON (c.relname) c.relname::text AS t, array(
        SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum ORDER BY k.position) AS key
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indpred IS NULL
      AND i.indexprs IS NULL
    ORDER BY c.relname, i.indisprimary DESC, i.indexrelid";

const REFERENCES: &str = "
    SELECT DISTINCT c.relname::text AS t, r.relname::text AS other
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
    WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND r.oid <> c.oid";

/// Reads the current schema, with what belongs to Puente in it.
pub(crate) async fn read(connection: &mut PgConnection) -> Result<Schema> {
    let doing = || postgres("reading the schema of the PostgreSQL database");
    let version = version(connection).await.map_err(doing())?;
    let mut columns: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in sqlx::query(COLUMNS).fetch_all(&mut *connection).await.map_err(doing())? {
        let declared: String = row.get("declared");
        let (name, nullable) = (row.get("name"), row.get("nullable"));
        columns.entry(row.get("t")).or_default().push(Column { name, kind: Some(kind(&declared)), declared, nullable });
    }
    let keys = sqlx::query(KEYS).fetch_all(&mut *connection).await.map_err(doing())?;
    let keys: BTreeMap<String, Vec<String>> = keys.iter().map(|row| (row.get("t"), row.get("key"))).collect();
    let references = sqlx::query(REFERENCES).fetch_all(&mut *connection).await.map_err(doing())?;
    let references: Vec<(String, String)> = references.iter().map(|row| (row.get("t"), row.get("other"))).collect();
    let tables = columns.into_iter().filter(|(name, _)| rules::is_carried(name)).map(|(name, columns)| {
        let others: BTreeSet<String> =
            references.iter().filter(|(table, _)| *table == name).map(|(_, other)| other.clone()).collect();
        let key = keys.get(&name).map_or(&[][..], Vec::as_slice);
        Table { references: others, ..Table::sorted(name, columns, key) }
    });
    Ok(Schema::new(version, tables.collect()))
}

/// The newest migration; 0 where Puente has never been.
async fn version(connection: &mut PgConnection) -> sqlx::Result<i64> {
    let migrated = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL");
    if !migrated.fetch_one(&mut *connection).await? {
        return Ok(0);
    }
    let newest = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success");
    newest.fetch_one(connection).await
}

fn kind(declared: &str) -> Kind {
    match declared {
        "bigint" => Kind::Integer(8),
        "integer" => Kind::Integer(4),
        "smallint" => Kind::Integer(2),
        "boolean" => Kind::Boolean,
        "timestamp with time zone" => Kind::Time,
        "double precision" => Kind::Real,
        "text" | "character varying" => Kind::Text,
        "bytea" => Kind::Bytes,
        "uuid" => Kind::Uuid,
        _ => Kind::Unknown,
    }
}
