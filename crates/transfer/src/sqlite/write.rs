//! Writing into a new SQLite file.

use rusqlite::{
    CachedStatement, Connection, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    batch::Receiver,
    error::{Error, Result, sqlite},
    rows::{Cell, Row},
    schema::{Table, quoted},
};

/// Inserts every row that comes; called within a transaction.
pub(crate) fn write(connection: &Connection, tables: &[Table], from: &mut Receiver) -> Result<()> {
    while let Some(batch) = from.blocking_recv() {
        let table = tables.get(batch.table).ok_or(Error::Interrupted)?;
        let doing = || sqlite(format!("writing table {}", table.name));
        let mut insert = connection.prepare_cached(&insert(table)).map_err(doing())?;
        for row in batch.rows.iter() {
            bind(&mut insert, row).map_err(doing())?;
            insert.raw_execute().map_err(doing())?;
        }
    }
    Ok(())
}

fn insert(table: &Table) -> String {
    let places: Vec<String> = (1..=table.columns.len()).map(|index| format!("?{index}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", quoted(&table.name), table.column_list(), places.join(", "))
}

fn bind(insert: &mut CachedStatement<'_>, row: Row<'_>) -> rusqlite::Result<()> {
    for (index, cell) in row.cells().enumerate() {
        insert.raw_bind_parameter(index + 1, Bound(cell))?;
    }
    Ok(())
}

struct Bound<'a>(Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(value) => ValueRef::Integer(value),
            Cell::Real(value) => ValueRef::Real(value),
            Cell::Text(text) => ValueRef::Text(text),
            Cell::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}
