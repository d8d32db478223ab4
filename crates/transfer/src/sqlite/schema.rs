//! What tables an SQLite file holds.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::{
    error::{Error, Result, sqlite},
    rules,
    schema::{Column, Schema, Table},
};

/// Reads the schema of Puente's database; virtual tables and what lies behind them are left out, because the database
/// makes them from other rows.
pub(crate) fn read(connection: &Connection) -> Result<Schema> {
    let doing = || sqlite("reading the schema of the SQLite database");
    let version = "SELECT max(version) FROM _sqlx_migrations WHERE success";
    let version: Option<i64> =
        connection.query_row(version, [], |row| row.get(0)).optional().map_err(doing())?.flatten();
    let version = version.ok_or_else(|| Error::Refused("the SQLite file holds no Puente database".to_owned()))?;
    let names = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
                 AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
    let names = strings(connection, names, []).map_err(doing())?;
    let tables = names.into_iter().filter(|name| rules::is_carried(name)).map(|name| table(connection, name));
    Ok(Schema::new(version, tables.collect::<Result<_, _>>().map_err(doing())?))
}

fn table(connection: &Connection, name: String) -> rusqlite::Result<Table> {
    let mut statement =
        connection.prepare("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let mut primary: Vec<(i64, String)> = Vec::new();
    let mut columns = Vec::new();
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        let (column, declared): (String, String) = (row.get(0)?, row.get(1)?);
        let (position, hidden): (i64, i64) = (row.get(3)?, row.get(4)?);
        if hidden != 0 {
            continue;
        }
        if position > 0 {
            primary.push((position, column.clone()));
        }
        let nullable = !row.get::<_, bool>(2)? && position == 0;
        columns.push(Column { name: column, kind: None, declared, nullable });
    }
    primary.sort();
    let mut key: Vec<String> = primary.into_iter().map(|(_, column)| column).collect();
    if key.is_empty() {
        key = unique(connection, &name)?;
    }
    let references = strings(connection, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)", [&name])?;
    let references: BTreeSet<String> = references.into_iter().filter(|other| *other != name).collect();
    Ok(Table { references, ..Table::sorted(name, columns, &key) })
}

fn unique(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let index =
        "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND NOT partial ORDER BY origin DESC, seq DESC";
    let index: Option<String> = connection.query_row(index, [table], |row| row.get(0)).optional()?;
    let Some(index) = index else { return Ok(Vec::new()) };
    strings(connection, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", [&index])
}

pub(crate) fn strings(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map(parameters, |row| row.get(0))?;
    rows.collect()
}
