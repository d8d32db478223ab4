//! The three dialects of SQL, and how each writes a typed placeholder.

use std::fmt::Write;

use crate::parameters::Kind;

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

impl Dialect {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MySql];

    /// The dialect that the scheme of a URL stands for.
    pub(crate) fn of_url(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            "mysql" | "mariadb" => Some(Self::MySql),
            _ => None,
        }
    }

    /// Whether a placeholder can be bound once and used several times.
    pub(crate) const fn numbers_placeholders(self) -> bool {
        !matches!(self, Self::MySql)
    }

    /// Writes the `number`th placeholder (from 1) for a value of `kind`, or for a list of such values.
    ///
    /// PostgreSQL gets every placeholder with a cast, so that `:category IS NULL OR category = :category` prepares, and
    /// so that the text alone, by which the driver remembers prepared statements, tells the types.
    pub(crate) fn placeholder(self, sql: &mut String, number: usize, kind: Kind, is_list: bool) {
        let written = match self {
            Self::Sqlite => write!(sql, "?{number}"),
            Self::Postgres => write!(sql, "${number}::{}{}", postgres_type(kind), if is_list { "[]" } else { "" }),
            Self::MySql => write!(sql, "{}", mysql_placeholder(kind, is_list)),
        };
        debug_assert!(written.is_ok(), "writing to a String does not fail");
    }

    /// Writes what an `IN (…)` of no items holds: a list that contains nothing, not even NULL.
    pub(crate) fn empty_list(self, kind: Kind) -> String {
        match self {
            Self::Postgres => format!("SELECT NULL::{} WHERE FALSE", postgres_type(kind)),
            Self::Sqlite => "SELECT NULL WHERE 0".to_owned(),
            Self::MySql => "SELECT NULL FROM DUAL WHERE FALSE".to_owned(),
        }
    }
}

const fn postgres_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "int8",
        Kind::Number => "float8",
        Kind::String => "text",
        Kind::Boolean => "bool",
        Kind::Date => "date",
        Kind::Datetime => "timestamptz",
        Kind::Decimal => "numeric",
        Kind::Json => "jsonb",
        Kind::Bytes => "bytea",
    }
}

/// MySQL knows no types of placeholders before they are bound: a cast gives the result's columns their types, and keeps a
/// decimal from being compared with a text as floating-point numbers. Texts have none, because a cast would give them a
/// collation that may not mix with the column's.
const fn mysql_placeholder(kind: Kind, is_list: bool) -> &'static str {
    match (kind, is_list) {
        (_, true) | (Kind::String | Kind::Json, _) => "?",
        (Kind::Integer | Kind::Boolean, _) => "CAST(? AS SIGNED)",
        (Kind::Number, _) => "CAST(? AS DOUBLE)",
        (Kind::Date, _) => "CAST(? AS DATE)",
        (Kind::Datetime, _) => "CAST(? AS DATETIME(6))",
        (Kind::Decimal, _) => "CAST(? AS DECIMAL(65,30))",
        (Kind::Bytes, _) => "CAST(? AS BINARY)",
    }
}
