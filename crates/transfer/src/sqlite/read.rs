//! Reading an SQLite file, table by table.

use rusqlite::{Connection, types::ValueRef};

use crate::{
    batch::Sender,
    error::{Result, sqlite},
    rows::Cell,
    schema::{Table, quoted},
};

/// Sends every row of the tables; blocks while the receiver is busy.
pub(crate) fn read(connection: &Connection, tables: &[Table], mut to: Sender) -> Result<()> {
    for (index, table) in tables.iter().enumerate() {
        to.start_blocking(index)?;
        let doing = || sqlite(format!("reading table {}", table.name));
        let sql = format!("SELECT {} FROM {}", table.column_list(), quoted(&table.name));
        let mut statement = connection.prepare(&sql).map_err(doing())?;
        let mut rows = statement.query([]).map_err(doing())?;
        while let Some(row) = rows.next().map_err(doing())? {
            for column in 0..table.columns.len() {
                to.rows.push(cell(row.get_ref(column).map_err(doing())?));
            }
            to.rows.end_row();
            to.row_blocking()?;
        }
    }
    to.flush_blocking()
}

pub(crate) fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Integer(value),
        ValueRef::Real(value) => Cell::Real(value),
        ValueRef::Text(text) => Cell::Text(text),
        ValueRef::Blob(blob) => Cell::Blob(blob),
    }
}
