//! The schema, read with the statements of `explore`.

use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::sensitive::is_sensitive;
use crate::{
    engine::{Dialect, Engine, EngineError, Run},
    explore::catalog_statement,
    output::Limits,
    parameters::{Kind, bind},
};

/// How long reading the schema may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_mins(1);
const LIMITS: Limits = Limits { rows: 10_000, bytes: 16 << 20 };

/// A table or view.
pub(super) struct Table {
    /// Its schema, where the database has schemas.
    pub(super) schema: Option<String>,
    /// Whether the draft shows several schemas.
    pub(super) is_ambiguous: bool,
    pub(super) name: String,
    pub(super) comment: Option<String>,
    pub(super) columns: Vec<Column>,
}

/// A column.
#[derive(Deserialize)]
pub(super) struct Column {
    #[serde(rename = "column")]
    pub(super) name: String,
    #[serde(rename = "type")]
    declared: String,
    key: Option<String>,
    references: Option<String>,
}

/// A row of `list_tables`.
#[derive(Deserialize)]
struct Listed {
    schema: Option<String>,
    table: String,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Rows<T> {
    rows: Vec<T>,
}

impl Table {
    /// Columns that may be shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !is_sensitive(&column.name))
    }

    /// Columns that look sensitive.
    pub(super) fn hidden(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| is_sensitive(&column.name))
    }

    /// The columns of the primary key.
    pub(super) fn key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.is_key())
    }
}

impl Column {
    pub(super) fn is_key(&self) -> bool {
        self.key.as_deref() == Some("primary")
    }

    /// The column that it refers to, `companies.id`.
    pub(super) fn references(&self) -> Option<&str> {
        self.references.as_deref()
    }

    /// The kind of a parameter that is compared with it; `None` if none fits.
    pub(super) fn kind(&self) -> Option<Kind> {
        let declared = self.declared.to_ascii_lowercase();
        let has = |part: &str| declared.contains(part);
        Some(match () {
            () if has("[]") || has("json") || has("blob") || has("bytea") || has("binary") => return None,
            () if has("interval") || has("range") || has("vector") || has("point") => return None,
            () if has("bool") || declared == "tinyint(1)" => Kind::Boolean,
            () if has("int") || has("serial") || has("year") => Kind::Integer,
            () if has("timestamp") || has("datetime") => Kind::Datetime,
            () if has("date") => Kind::Date,
            () if has("numeric") || has("decimal") => Kind::Decimal,
            () if has("real") || has("double") || has("float") => Kind::Number,
            () if has("char") || has("text") || has("clob") => Kind::String,
            () => return None,
        })
    }
}

/// Reads all tables that the login sees.
pub(super) async fn read(dialect: Dialect, engine: &dyn Engine) -> Result<Vec<Table>, EngineError> {
    let listed: Vec<Listed> = run(dialect, engine, "list_tables", Map::new()).await?;
    let is_ambiguous = listed.windows(2).any(|pair| pair[0].schema != pair[1].schema);
    let mut tables = Vec::with_capacity(listed.len());
    for Listed { schema, table, comment } in listed {
        let mut arguments = Map::new();
        arguments.insert("table".to_owned(), Value::from(table.clone()));
        if let Some(schema) = &schema {
            arguments.insert("schema".to_owned(), Value::from(schema.clone()));
        }
        let columns = run(dialect, engine, "describe_table", arguments).await?;
        let comment = comment.filter(|text| !text.is_empty());
        tables.push(Table { schema, is_ambiguous, name: table, comment, columns });
    }
    Ok(tables)
}

async fn run<T: for<'de> Deserialize<'de>>(
    dialect: Dialect,
    engine: &dyn Engine,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<Vec<T>, EngineError> {
    let statement = catalog_statement(dialect, name, &[], &[]);
    let values = bind(&statement.parameters, &arguments).map_err(EngineError::refused)?;
    let run = Run {
        statement: &statement,
        values,
        identity: Vec::new(),
        limits: LIMITS,
        deadline: Instant::now() + TIMEOUT,
        cancel: &CancellationToken::new(),
    };
    let json = engine.run(run).await?;
    serde_json::from_str::<Rows<T>>(json.get()).map(|result| result.rows).map_err(EngineError::unreadable)
}
