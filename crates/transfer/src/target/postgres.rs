//! A PostgreSQL database as the target.

use std::time::Duration;

use puente_storage::StorageError;
use secrecy::SecretString;
use sqlx::{PgConnection, Row};

use super::{Home, Target, fresh};
use crate::{
    error::{Error, Result, postgres},
    schema::{Schema, quoted},
    side::{CURRENT, Place, Side},
};

/// The oldest server whose features we use, as `server_version_num` counts.
const OLDEST: i32 = 140_000;

pub(super) async fn open(url: &SecretString, place: &Place, patience: Duration) -> Result<Target> {
    let mut side = Side::postgres(url, CURRENT).await?;
    if let Side::Postgres(pg) = &mut side {
        let connection = pg.connection();
        puente_storage_postgres::claim(connection, patience).await.map_err(|error| match error {
            error @ (StorageError::Occupied(_) | StorageError::Moving) => {
                Error::InUse(format!("{}: {error}; stop what does not leave by itself", place.shown()))
            }
            error => Error::Storage(error),
        })?;
        check(connection).await?;
        puente_storage_postgres::migrate_within(connection).await?;
    }
    let schema = side.schema().await?;
    let held = fresh::count_rows(&mut side, &schema).await?;
    let seen = fresh::versions(&mut side, &schema).await?;
    let files = fresh::files(&mut side, &schema).await?;
    Ok(Target { side, schema, held, seen, files, home: Home::Postgres(Vec::new()) })
}

/// Tables that the login neither owns nor shares with their owner.
const OTHERS: &str = "
    SELECT format('%I (of %I)', c.relname, pg_get_userbyid(c.relowner)) FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1";

async fn check(connection: &mut PgConnection) -> Result<()> {
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
                pg_is_in_recovery() AS standby, current_schema()::text AS schema,
                coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, current_user::text AS login",
    );
    let row = row.fetch_one(&mut *connection).await.map_err(postgres("asking the target what it is"))?;
    let others: Vec<String> =
        sqlx::query_scalar(OTHERS).fetch_all(connection).await.map_err(postgres("asking whose the tables are"))?;
    let mut problems = Vec::new();
    let (version, encoding): (i32, String) = (row.get("version"), row.get("encoding"));
    if version < OLDEST {
        problems.push(format!("the target is PostgreSQL {}; Puente needs 14 or newer", version / 10_000));
    }
    if encoding != "UTF8" {
        problems.push(format!("the target's encoding is {encoding}; create the database with ENCODING 'UTF8'"));
    }
    if row.get("standby") {
        problems.push("the target is a standby, which cannot be written; connect to the primary".to_owned());
    }
    if !row.get::<bool, _>("may_create") {
        let schema: Option<String> = row.get("schema");
        let (schema, login) = (schema.unwrap_or_else(|| "(none)".to_owned()), row.get::<String, _>("login"));
        problems.push(format!(
            "{login} may not create tables in schema {schema}; GRANT CREATE ON SCHEMA {schema} TO {login}"
        ));
    }
    if !others.is_empty() {
        problems.push(format!(
            "{} may not change the tables {}; connect as their owner",
            row.get::<String, _>("login"),
            others.join(", ")
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Preflight(problems)) }
}

/// Statements that take away what is kept up to date row by row, and those that put it back.
const PAUSED: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back, 2 AS turn
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    UNION ALL
    SELECT format('DROP INDEX %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), 1
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
           format('ALTER TABLE %s ENABLE %s TRIGGER %I', tgrelid::regclass,
                  CASE tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, tgname), 3
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace
    ORDER BY turn, back";

pub(super) async fn empty(side: &mut Side, schema: &Schema) -> Result<Vec<String>> {
    let tables: Vec<String> = schema.tables.iter().map(|table| quoted(&table.name)).collect();
    side.run(format!("TRUNCATE {}", tables.join(", ")), "emptying the target").await?;
    let Side::Postgres(pg) = &mut *side else { return Ok(Vec::new()) };
    let paused = sqlx::query(PAUSED).fetch_all(pg.connection()).await.map_err(postgres("reading indexes"))?;
    let mut put_back = Vec::new();
    // References first: they need the unique indexes.
    for row in paused.iter().rev() {
        side.run(row.get::<String, _>("away"), "pausing indexes and references").await?;
    }
    put_back.extend(paused.iter().map(|row| row.get::<String, _>("back")));
    Ok(put_back)
}

pub(super) async fn put_back(side: &mut Side, statements: Vec<String>) -> Result<()> {
    for statement in statements {
        side.run(statement, "checking references and making indexes").await?;
    }
    Ok(())
}
