//! Which columns cannot be NULL.

use sqlx::{
    PgConnection,
    postgres::{PgColumn, types::Oid},
};

use super::{
    super::{Dialect, EngineError},
    error,
};
use crate::template::{TokenKind, tokens};

/// Words with which a column of a table can be NULL in a result although it is not in the table.
const WIDENING: &[&str] =
    &["left", "right", "full", "natural", "union", "intersect", "except", "grouping", "rollup", "cube"];

/// For each column whether NULL is proven impossible: it is a column of a table, declared NOT NULL, in a statement
/// without outer joins, set operations and grouping sets.
pub(super) async fn not_null(
    connection: &mut PgConnection,
    sql: &str,
    columns: &[PgColumn],
) -> Result<Vec<bool>, EngineError> {
    let may_widen = tokens(sql, Dialect::Postgres)
        .unwrap_or_default()
        .iter()
        .any(|token| token.kind == TokenKind::Word && WIDENING.contains(&token.text.to_ascii_lowercase().as_str()));
    let origins: Vec<_> =
        columns.iter().map(|column| column.relation_id().zip(column.relation_attribute_no())).collect();
    if may_widen || origins.iter().all(Option::is_none) {
        return Ok(vec![false; columns.len()]);
    }
    let (tables, attributes): (Vec<Oid>, Vec<i16>) = origins.iter().map(|origin| origin.unwrap_or((Oid(0), 0))).unzip();
    sqlx::query_scalar(
        "SELECT coalesce(a.attnotnull AND c.relkind IN ('r', 'p'), false)
         FROM unnest($1::oid[], $2::int2[]) WITH ORDINALITY AS origin (relation, attribute, position)
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = origin.relation AND a.attnum = origin.attribute
         LEFT JOIN pg_catalog.pg_class c ON c.oid = origin.relation
         ORDER BY origin.position",
    )
    .bind(tables)
    .bind(attributes)
    .fetch_all(connection)
    .await
    .map_err(error::from_sqlx)
}
