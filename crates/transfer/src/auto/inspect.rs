//! What a file of unknown origin declares.

use rusqlite::Connection;

use super::sql_text;
use crate::sqlite::strings;

/// A table as declared.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) columns: Vec<DeclaredColumn>,
    pub(super) primary_key: Vec<String>,
    /// The column that stands for the rowid, which SQLite fills.
    pub(super) rowid: Option<String>,
    pub(super) indexes: Vec<Index>,
    pub(super) references: Vec<Reference>,
    pub(super) checks: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct DeclaredColumn {
    pub(super) name: String,
    pub(super) declared: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// The expression of a generated column.
    pub(super) generated: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) unique: bool,
    /// Made by `UNIQUE` in the table, not by `CREATE INDEX`.
    pub(super) of_constraint: bool,
    /// `None` where an expression stands.
    pub(super) columns: Vec<(Option<String>, bool, String)>,
    pub(super) partial: bool,
    pub(super) sql: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Reference {
    pub(super) table: String,
    pub(super) from: Vec<String>,
    pub(super) to: Vec<String>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

/// All tables, and what is no table: views, triggers, virtual tables, with their SQL.
pub(super) fn inspect(connection: &Connection) -> rusqlite::Result<(Vec<Declared>, Vec<String>)> {
    let names = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
                 AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
    let tables = strings(connection, names, [])?;
    let tables = tables.into_iter().map(|name| table(connection, name)).collect::<Result<_, _>>()?;
    let others = "SELECT type || ' ' || name || ': ' || replace(sql, char(10), ' ') FROM sqlite_schema
                  WHERE type IN ('view', 'trigger') ORDER BY type, name";
    let mut notes = Vec::new();
    notes.extend(strings(connection, others, [])?.into_iter().map(|what| format!("not translated: {what}")));
    let virtuals = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual' ORDER BY name";
    let virtuals = strings(connection, virtuals, [])?;
    notes.extend(virtuals.into_iter().map(|name| format!("not translated: virtual table {name}")));
    Ok((tables, notes))
}

fn table(connection: &Connection, name: String) -> rusqlite::Result<Declared> {
    let sql = strings(connection, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", [&name])?;
    let parts = sql_text::parts(sql.first().map_or("", String::as_str));
    let mut statement = connection
        .prepare("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let mut rows = statement.query([&name])?;
    let (mut columns, mut key): (Vec<DeclaredColumn>, Vec<(i64, String)>) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let column: String = row.get(0)?;
        let (position, hidden): (i64, i64) = (row.get(4)?, row.get(5)?);
        if hidden == 1 {
            continue;
        }
        if position > 0 {
            key.push((position, column.clone()));
        }
        let definition = sql_text::column(&parts, &column).unwrap_or_default();
        let generated = (hidden > 1).then(|| sql_text::behind(definition, "AS").into_iter().next()).flatten();
        let (declared, not_null, default) = (row.get(1)?, row.get(2)?, row.get(3)?);
        columns.push(DeclaredColumn { name: column, declared, not_null, default, generated });
    }
    key.sort();
    let primary_key: Vec<String> = key.into_iter().map(|(_, column)| column).collect();
    let without_rowid: bool = connection.query_row(
        "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
        [&name],
        |row| row.get(0),
    )?;
    let is_integer = |column: &&DeclaredColumn| column.declared.eq_ignore_ascii_case("INTEGER");
    let rowid = match &primary_key[..] {
        [only] if !without_rowid => columns.iter().find(|column| column.name == *only).filter(is_integer),
        _ => None,
    };
    let rowid = rowid.map(|column| column.name.clone());
    let checks = parts.iter().flat_map(|part| sql_text::behind(part, "CHECK")).collect();
    let (indexes, references) = (indexes(connection, &name)?, references(connection, &name)?);
    Ok(Declared { name, columns, primary_key, rowid, indexes, references, checks })
}

fn indexes(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Index>> {
    let list = "SELECT l.name, l.\"unique\", l.origin, l.partial, s.sql FROM pragma_index_list(?1) l
                LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = l.name
                WHERE l.origin <> 'pk' ORDER BY l.name";
    let mut statement = connection.prepare(list)?;
    let mut rows = statement.query([table])?;
    let mut indexes = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let mut columns =
            connection.prepare("SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno")?;
        let columns = columns.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let columns = columns.collect::<Result<_, _>>()?;
        let of_constraint = row.get::<_, String>(2)? == "u";
        indexes.push(Index {
            name,
            unique: row.get(1)?,
            of_constraint,
            columns,
            partial: row.get(3)?,
            sql: row.get(4)?,
        });
    }
    Ok(indexes)
}

fn references(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Reference>> {
    let list = "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
    let mut statement = connection.prepare(list)?;
    let mut rows = statement.query([table])?;
    let mut references: Vec<(i64, Reference)> = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if references.last().is_none_or(|(last, _)| *last != id) {
            let (table, on_update, on_delete) = (row.get(1)?, row.get(4)?, row.get(5)?);
            references.push((id, Reference { table, on_update, on_delete, ..Reference::default() }));
        }
        if let Some((_, reference)) = references.last_mut() {
            reference.from.push(row.get(2)?);
            // Without columns, the primary key is meant.
            reference.to.extend(row.get::<_, Option<String>>(3)?);
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}
