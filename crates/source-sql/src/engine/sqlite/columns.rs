//! Columns of a statement, from the declared types (<https://sqlite.org/datatype3.html>).
//!
//! A declared type is only an *affinity*: a column may hold values that do not fit it, so schemas promise no more than
//! what the affinity guarantees, and every column may be NULL. An expression has no type.

use rusqlite::Statement as Prepared;

use super::{
    super::{Access, EngineError, Statement},
    connection::Session,
    execute::refused,
};
use crate::output::{Column, Json};

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// No type, or one without a rule of its own.
    Plain(Json),
    /// `DECIMAL`, `NUMERIC`: digits as a string.
    Decimal,
    /// `BOOLEAN`: 0 and 1 are false and true.
    Boolean,
    /// `JSON`: text that is JSON is passed on as JSON.
    Json,
    /// `DATETIME`, `TIMESTAMP`: text in the form of SQLite's `datetime()` becomes ISO 8601.
    Timestamp,
}

impl Declared {
    fn of(declared: Option<&str>) -> Self {
        let Some(declared) = declared else { return Self::Plain(Json::Any) };
        let name = declared.to_ascii_uppercase();
        let has = |part: &str| name.contains(part);
        if has("BOOL") {
            Self::Boolean
        } else if name.starts_with("DECIMAL") || name.starts_with("NUMERIC") {
            Self::Decimal
        } else if has("JSON") {
            Self::Json
        } else if has("DATETIME") || has("TIMESTAMP") {
            Self::Timestamp
        } else if !has("INT") && (has("CHAR") || has("CLOB") || has("TEXT")) {
            // Text affinity: numbers were turned into text when they were stored.
            Self::Plain(Json::Text)
        } else {
            Self::Plain(Json::NumberOrText)
        }
    }

    const fn json(self) -> Json {
        match self {
            Self::Plain(json) => json,
            Self::Decimal => Json::Decimal,
            Self::Boolean => Json::BooleanOrOther,
            Self::Json => Json::Any,
            Self::Timestamp => Json::NumberOrText,
        }
    }
}

/// The declared types of a prepared statement's columns.
pub(super) fn declared(prepared: &Prepared<'_>) -> Vec<Declared> {
    prepared.columns().iter().map(|column| Declared::of(column.decl_type())).collect()
}

/// See [`super::super::Engine::describe`].
pub(super) fn describe(session: &Session, statement: &Statement) -> Result<Vec<Column>, EngineError> {
    let sample = statement.template.sample(&statement.parameters);
    let catalog = statement.access == Access::Catalog;
    let prepared =
        session.authorizer.for_catalog(catalog, || session.connection.prepare_cached(&sample.sql)).map_err(refused)?;
    let columns = prepared.columns();
    Ok(columns
        .iter()
        .map(|column| Column {
            name: column.name().to_owned(),
            json: Declared::of(column.decl_type()).json(),
            nullable: true,
        })
        .collect())
}
