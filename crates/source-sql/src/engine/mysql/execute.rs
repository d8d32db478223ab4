//! Running a statement in a transaction of its own.

use futures::TryStreamExt;
use serde_json::value::RawValue;
use sqlx::{
    AssertSqlSafe, Column as _, Decode, Either, Executor, MySqlConnection, Row, ValueRef,
    mysql::{MySqlArguments, MySqlRow},
};
use tokio::time::Instant;

use super::{
    super::{Access, EngineError, Run},
    arguments,
    connection::Session,
    decode::Decoder,
    error,
};
use crate::output::{Limits, RowWriter};

/// Runs a statement. A transaction that only reads is left open; whoever gives the connection back ends it.
pub(super) async fn execute(
    session: &mut Session,
    run: &Run<'_>,
    single_use: bool,
) -> Result<Box<RawValue>, EngineError> {
    let limit = run.deadline.saturating_duration_since(Instant::now());
    let statement = run.statement;
    let is_write = statement.access == Access::Write;
    // One message of Puente's own text and numbers; the statement itself is prepared, and so can be one only.
    let begin =
        format!("{}; {}", limits(session.is_mariadb, limit.as_millis(), is_write, run.limits.rows), start(is_write));
    session.connection.execute(AssertSqlSafe(begin)).await.map_err(error::beginning)?;
    let rendered = statement.template.render(&statement.parameters, &run.values);
    let arguments = arguments::bind(statement, &rendered, &run.values)?;
    let query = sqlx::query_with(AssertSqlSafe(rendered.sql.clone()), arguments).persistent(!single_use);
    let failed = |failed: sqlx::Error| {
        if error::is_timeout(&failed) { EngineError::timed_out(limit) } else { error::from_sqlx(failed) }
    };
    let (writer, affected) = collect(&mut session.connection, query, run.limits, failed).await?;
    if is_write {
        session.connection.execute("COMMIT").await.map_err(error::from_sqlx)?;
    }
    writer.finish(is_write.then_some(affected))
}

/// Settings of the session for one statement.
fn limits(is_mariadb: bool, millis: u128, writes: bool, max_rows: usize) -> String {
    let millis = millis.max(1);
    let time = if is_mariadb {
        format!("max_statement_time = {}.{:03}", millis / 1000, millis % 1000)
    } else {
        format!("max_execution_time = {millis}")
    };
    let rows = if writes { "DEFAULT".to_owned() } else { max_rows.saturating_add(1).to_string() };
    format!("SET {time}, sql_select_limit = {rows}")
}

const fn start(writes: bool) -> &'static str {
    if writes { "START TRANSACTION READ WRITE" } else { "START TRANSACTION READ ONLY" }
}

/// Reads all rows, and keeps as many as the limits allow. Also counts the affected ones: rows that `RETURNING` returns
/// are not counted by the server.
async fn collect(
    connection: &mut MySqlConnection,
    query: sqlx::query::Query<'_, sqlx::MySql, MySqlArguments>,
    limits: Limits,
    failed: impl Fn(sqlx::Error) -> EngineError,
) -> Result<(RowWriter, u64), EngineError> {
    let mut writer = None;
    let mut decoders = Vec::new();
    let (mut affected, mut returned) = (0, 0);
    let mut results = connection.fetch_many(query);
    while let Some(result) = results.try_next().await.map_err(&failed)? {
        match result {
            Either::Left(done) => affected += done.rows_affected(),
            Either::Right(row) => {
                returned += 1;
                let writer = writer.get_or_insert_with(|| {
                    decoders = row.columns().iter().map(|column| Decoder::of(column.type_info())).collect();
                    RowWriter::new(row.columns().iter().map(sqlx::Column::name), limits)
                });
                write_row(writer, &row, &decoders)?;
            }
        }
    }
    Ok((writer.unwrap_or_else(|| RowWriter::new([], limits)), affected.max(returned)))
}

fn write_row(writer: &mut RowWriter, row: &MySqlRow, decoders: &[Decoder]) -> Result<(), EngineError> {
    if !writer.start_row() {
        return Ok(());
    }
    for (index, decoder) in decoders.iter().enumerate() {
        let value = row.try_get_raw(index).map_err(error::from_sqlx)?;
        let out = writer.value(index);
        if value.is_null() {
            // Also the date 0000-00-00, which no calendar has.
            out.extend_from_slice(b"null");
            continue;
        }
        let bytes = <&[u8] as Decode<sqlx::MySql>>::decode(value).map_err(EngineError::unreadable)?;
        decoder.write(out, bytes).ok_or_else(|| {
            EngineError::refused(format!("column {} cannot be shown; cast it to CHAR", row.column(index).name()))
        })?;
    }
    writer.end_row()
}
