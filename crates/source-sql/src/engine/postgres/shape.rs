//! What a statement returns, and the text that is run for it.
//!
//! A statement that only reads is put into `SELECT … FROM (…) LIMIT n`: the server stops at the row limit, nothing but a
//! query fits there, and columns of types without a decoder become text. The driver holds a whole row before we see it,
//! so the server refuses a row of an ad-hoc statement that is too large.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sqlx::{
    AssertSqlSafe, Column as _, Executor, PgConnection, SqlSafeStr, Statement as _,
    postgres::{PgColumn, PgStatement, PgTypeInfo},
};

use super::{
    super::{Access, Dialect, EngineError, Statement},
    arguments,
    decode::Decoder,
    error, nullable,
};
use crate::{
    output::{Column, Json, Limits},
    template::{Rendered, TokenKind, tokens},
};

/// What the server says of a row that is too large.
pub(super) const TOO_LARGE: &str = "a row is larger than";
/// Prepared texts that are remembered.
const CAPACITY: usize = 2000;

/// The texts that are run, by the text that was written.
#[derive(Default)]
pub(super) struct Shapes(RwLock<HashMap<Arc<str>, Arc<str>>>);

impl Shapes {
    /// The text to run for a statement.
    pub(super) async fn sql(
        &self,
        connection: &mut PgConnection,
        statement: &Statement,
        rendered: &Rendered,
        limits: Limits,
        ad_hoc: bool,
    ) -> Result<Arc<str>, EngineError> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&rendered.sql) {
            return Ok(Arc::clone(known));
        }
        let prepared = prepare(connection, statement, rendered).await?;
        let max_row = ad_hoc.then_some(limits.bytes);
        let sql = runnable(statement.access, &rendered.sql, prepared.columns(), limits.rows, max_row)?;
        if !ad_hoc {
            let mut shapes = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if shapes.len() >= CAPACITY {
                shapes.clear();
            }
            shapes.insert(Arc::clone(&rendered.sql), Arc::clone(&sql));
        }
        Ok(sql)
    }

    /// The schema changed.
    pub(super) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// See [`super::super::Engine::describe`].
pub(super) async fn describe(connection: &mut PgConnection, statement: &Statement) -> Result<Vec<Column>, EngineError> {
    let rendered = statement.template.sample(&statement.parameters);
    let prepared = prepare(connection, statement, &rendered).await?;
    let not_null = nullable::not_null(connection, &rendered.sql, prepared.columns()).await?;
    let columns = prepared.columns().iter().zip(not_null).map(|(column, not_null)| Column {
        name: column.name().to_owned(),
        json: json(column.type_info()),
        nullable: !not_null,
    });
    Ok(columns.collect())
}

fn json(info: &PgTypeInfo) -> Json {
    match Decoder::of(info) {
        Some(decoder) => decoder.json(),
        None if Decoder::cast(info) == "text[]" => Json::Array,
        None => Json::Text,
    }
}

async fn prepare(
    connection: &mut PgConnection,
    statement: &Statement,
    rendered: &Rendered,
) -> Result<PgStatement, EngineError> {
    let sql = AssertSqlSafe(Arc::clone(&rendered.sql)).into_sql_str();
    let prepared = connection.prepare_with(sql, &arguments::types(statement, rendered)).await;
    prepared.map_err(error::preparing)
}

fn runnable(
    access: Access,
    sql: &Arc<str>,
    columns: &[PgColumn],
    max_rows: usize,
    max_row: Option<usize>,
) -> Result<Arc<str>, EngineError> {
    if access == Access::Write || columns.is_empty() {
        return Ok(Arc::clone(sql));
    }
    match first_word(sql).as_str() {
        "SELECT" | "WITH" | "VALUES" | "TABLE" | "(" => {}
        // It shows constants in full, however large.
        "EXPLAIN" if max_row.is_some() => return Err(EngineError::refused("EXPLAIN is not for ad-hoc statements")),
        _ => return Ok(Arc::clone(sql)),
    }
    let is_plain = |column: &PgColumn| Decoder::of(column.type_info()).is_some();
    let list = if columns.iter().all(is_plain) {
        "*".to_owned()
    } else {
        let names = columns.iter().map(|column| {
            let name = format!("\"{}\"", column.name().replace('"', "\"\""));
            if is_plain(column) { name } else { format!("{name}::{} AS {name}", Decoder::cast(column.type_info())) }
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let fits = max_row.map(fits).unwrap_or_default();
    // The line break ends a comment at the end of the statement.
    Ok(format!("SELECT {list} FROM ({sql}\n) AS puente {fits} LIMIT {}", max_rows.saturating_add(1)).into())
}

/// A condition that fails, with a message, on a row that is too large. The text is read as a boolean only then.
fn fits(max_bytes: usize) -> String {
    let message = format!("{TOO_LARGE} {max_bytes} bytes");
    format!(
        "WHERE CASE WHEN pg_column_size(puente.*) <= {max_bytes} THEN true \
         ELSE ('{message}' || left(pg_column_size(puente.*)::text, 0))::boolean END"
    )
}

fn first_word(sql: &str) -> String {
    let tokens = tokens(sql, Dialect::Postgres).unwrap_or_default();
    let first = tokens.iter().find(|token| token.kind != TokenKind::Blank);
    first.map(|token| token.text.to_ascii_uppercase()).unwrap_or_default()
}
