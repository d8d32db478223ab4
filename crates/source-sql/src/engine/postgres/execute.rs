//! Running a statement in a transaction of its own.

use futures::TryStreamExt;
use serde_json::value::RawValue;
use sqlx::{
    AssertSqlSafe, Column as _, Connection, Either, Executor, PgConnection, Row,
    postgres::{PgArguments, PgRow},
};
use tokio::time::Instant;

use super::{
    super::{Access, EngineError, Run},
    arguments,
    connection::Session,
    decode::Decoder,
    error,
    shape::Shapes,
};
use crate::output::{Limits, RowWriter};

/// Runs a statement. A transaction that only reads is rolled back with the next message on the connection.
pub(super) async fn execute(
    session: &mut Session,
    run: &Run<'_>,
    shapes: &Shapes,
    single_use: bool,
) -> Result<Box<RawValue>, EngineError> {
    let statement = run.statement;
    let limit_ms =
        u64::try_from(run.deadline.saturating_duration_since(Instant::now()).as_millis()).unwrap_or(u64::MAX);
    let is_write = statement.access == Access::Write;
    session.limit(limit_ms).await.map_err(error::beginning)?;
    if is_write {
        // What it commits may be another limit.
        session.limit_ms = None;
    }
    let begin = if is_write { "BEGIN READ WRITE" } else { "BEGIN READ ONLY" };
    let mut transaction = session.connection.begin_with(begin).await.map_err(error::beginning)?;
    let timed_out = |failed: sqlx::Error| {
        if error::is_cancelled(&failed) { EngineError::TimedOut { limit_ms } } else { error::from_sqlx(failed) }
    };
    identify(&mut transaction, &run.identity).await.map_err(timed_out)?;
    let rendered = statement.template.render(&statement.parameters, &run.values);
    let sql = shapes.sql(&mut transaction, statement, &rendered, run.limits, single_use).await?;
    let arguments = arguments::bind(statement, &rendered, &run.values)?;
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(!single_use);
    let (writer, affected) = collect(&mut transaction, query, run.limits, timed_out).await?;
    if is_write {
        transaction.commit().await.map_err(timed_out)?;
    }
    writer.finish(is_write.then_some(affected))
}

/// Sets the caller's claims for the time of the transaction.
async fn identify(connection: &mut PgConnection, identity: &[(&str, String)]) -> sqlx::Result<()> {
    if identity.is_empty() {
        return Ok(());
    }
    let calls = (0..identity.len()).map(|at| format!("set_config(${}, ${}, true)", at * 2 + 1, at * 2 + 2));
    let sql = format!("SELECT {}", calls.collect::<Vec<_>>().join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (name, value) in identity {
        query = query.bind(*name).bind(value);
    }
    connection.execute(query).await.map(|_| ())
}

/// Reads all rows, and keeps as many as the limits allow. Also counts the affected ones.
async fn collect(
    connection: &mut PgConnection,
    query: sqlx::query::Query<'_, sqlx::Postgres, PgArguments>,
    limits: Limits,
    failed: impl Fn(sqlx::Error) -> EngineError,
) -> Result<(RowWriter, u64), EngineError> {
    let mut writer = None;
    let mut decoders = Vec::new();
    let mut affected = 0;
    let mut results = connection.fetch_many(query);
    while let Some(result) = results.try_next().await.map_err(&failed)? {
        match result {
            Either::Left(done) => affected += done.rows_affected(),
            Either::Right(row) => {
                let writer = writer.get_or_insert_with(|| {
                    decoders = row.columns().iter().map(|column| Decoder::of(column.type_info())).collect();
                    RowWriter::new(row.columns().iter().map(sqlx::Column::name), limits)
                });
                write_row(writer, &row, &decoders)?;
            }
        }
    }
    Ok((writer.unwrap_or_else(|| RowWriter::new([], limits)), affected))
}

fn write_row(writer: &mut RowWriter, row: &PgRow, decoders: &[Option<Decoder>]) -> Result<(), EngineError> {
    if !writer.start_row() {
        return Ok(());
    }
    for (index, decoder) in decoders.iter().enumerate() {
        let value = row.try_get_raw(index).map_err(error::from_sqlx)?;
        let bytes = value.as_bytes().ok();
        let out = writer.value(index);
        match (bytes, decoder) {
            (None, _) => out.extend_from_slice(b"null"),
            (Some(bytes), Some(decoder)) => decoder.write(out, bytes).ok_or_else(|| unreadable(row, index))?,
            (Some(_), None) => return Err(unreadable(row, index)),
        }
    }
    writer.end_row()
}

fn unreadable(row: &PgRow, index: usize) -> EngineError {
    let column = row.column(index);
    EngineError::refused(format!(
        "column {} has type {}, which cannot be shown here; cast it to text",
        column.name(),
        column.type_info()
    ))
}
