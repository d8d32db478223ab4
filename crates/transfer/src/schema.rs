//! What tables there are, read from the databases themselves: nothing here knows Puente's tables by name, but the few
//! that [`rules`](crate::rules) treats in its own way.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `bigint`, `integer` or `smallint`, of so many bytes.
    Integer(u8),
    /// `boolean`.
    Boolean,
    /// `timestamptz`.
    Time,
    /// `double precision`.
    Real,
    /// `text`, `varchar`.
    Text,
    /// `bytea`.
    Bytes,
    /// `uuid`.
    Uuid,
    /// `numeric`; only written, from SQLite's integers and reals.
    Numeric,
    /// `date`; only written, from text.
    Date,
    /// `timestamp`; only written, from text.
    Timestamp,
    /// `jsonb`; only written, from text.
    Jsonb,
    /// A type of PostgreSQL that has no canonical form; the test of the schemas fails on it.
    Unknown,
}

/// A column that is stored; generated ones are not among them, because the database fills them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What PostgreSQL's column holds; `None` where only SQLite's schema is known.
    pub kind: Option<Kind>,
    /// The type as declared, for messages.
    pub declared: String,
    /// Whether it may be absent.
    pub nullable: bool,
}

/// A table, its columns in the order of their names, so that both sides agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// By name in byte order.
    pub columns: Vec<Column>,
    /// Indices of the columns that tell rows apart: the primary key, else the first unique one, else all.
    pub key: Vec<usize>,
    /// The tables that its rows refer to, without itself.
    pub references: BTreeSet<String>,
}

impl Table {
    /// The index of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// `"a", "b"`: for both databases.
    #[must_use]
    pub fn column_list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Puts the columns into the order of their names, and the key with them.
    pub(crate) fn sorted(name: String, mut columns: Vec<Column>, key: &[String]) -> Self {
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        let position = |name: &String| columns.iter().position(|column| column.name == *name);
        let mut key: Vec<usize> = key.iter().filter_map(position).collect();
        if key.is_empty() {
            key = (0..columns.len()).collect();
        }
        Self { name, columns, key, references: BTreeSet::new() }
    }
}

/// A name in double quotes, as both databases take it.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What a database holds.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The newest migration.
    pub version: i64,
    /// Each behind those that it refers to.
    pub tables: Vec<Table>,
}

impl Schema {
    pub(crate) fn new(version: i64, tables: Vec<Table>) -> Self {
        Self { version, tables: ordered(tables) }
    }

    /// A table.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// Each table behind those that it refers to; where they refer to each other, by name.
fn ordered(tables: Vec<Table>) -> Vec<Table> {
    let mut waiting: BTreeMap<String, Table> = tables.into_iter().map(|table| (table.name.clone(), table)).collect();
    let mut done = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = |table: &&Table| table.references.iter().all(|name| !waiting.contains_key(name));
        let next = waiting.values().find(free).or_else(|| waiting.values().next()).map(|table| table.name.clone());
        done.extend(next.and_then(|name| waiting.remove(&name)));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, references: &[&str]) -> Table {
        let references = references.iter().map(ToString::to_string).collect();
        Table { references, ..Table::sorted(name.to_owned(), Vec::new(), &[]) }
    }

    #[test]
    fn tables_come_behind_what_they_refer_to() {
        let tables = vec![table("a", &["c"]), table("b", &["a", "z"]), table("c", &[]), table("z", &["c"])];
        let names: Vec<_> = ordered(tables).into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "a", "z", "b"]);
    }

    #[test]
    fn circles_end() {
        let names: Vec<_> = ordered(vec![table("b", &["a"]), table("a", &["b"])]).into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
