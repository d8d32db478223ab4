//! What a file holds, and what it will be.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::{
    AutoTable,
    inspect::{Declared, inspect},
    scan::{Found, scan},
    types::{Chosen, choose},
    unfit::OnUnfit,
};
use crate::{
    error::{Result, sqlite},
    progress::Progress,
    schema::{Column, Kind, Table, quoted},
    sequences,
};

/// PostgreSQL cuts longer names off.
const LONGEST_NAME: usize = 63;

/// The whole file.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) tables: Vec<Prepared>,
    /// Views, triggers, virtual tables.
    others: Vec<String>,
    /// The last number that `AUTOINCREMENT` has given, by table.
    pub(super) last: BTreeMap<String, i64>,
}

/// A table, as it is and as it will be.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) declared: Declared,
    pub(super) rows: u64,
    found: Vec<Found>,
    chosen: Vec<Chosen>,
}

pub(super) fn prepare(connection: &Connection, progress: &Progress) -> Result<Database> {
    let (tables, others) = inspect(connection).map_err(sqlite("reading the schema of the file"))?;
    let prepare = |declared: Declared| {
        let scanned = scan(connection, &declared, progress);
        let (rows, found) = scanned.map_err(sqlite(format!("reading table {}", declared.name)))?;
        let chosen = declared.columns.iter().zip(&found);
        let chosen = chosen
            .map(|(column, found)| choose(&column.declared, found, declared.rowid.as_ref() == Some(&column.name)));
        Ok(Prepared { rows, chosen: chosen.collect(), found, declared })
    };
    let last = sequences::of_sqlite(connection).map_err(sqlite("reading sequences"))?;
    Ok(Database { last, tables: tables.into_iter().map(prepare).collect::<Result<_>>()?, others })
}

impl Database {
    /// What keeps the file from being taken over.
    pub(super) fn problems(&self, unfit: Option<OnUnfit>) -> Vec<String> {
        let mut problems = Vec::new();
        for table in &self.tables {
            let columns = table.declared.columns.iter().map(|column| &column.name);
            let long = |name: &&String| name.len() > LONGEST_NAME;
            problems.extend(columns.chain([&table.declared.name]).filter(long).map(|name| {
                format!("the name {name} in table {} is longer than {LONGEST_NAME} bytes", table.declared.name)
            }));
            for found in table.found.iter().filter(|found| found.unfit > 0 && unfit.is_none()) {
                problems.extend(found.named.iter().cloned());
                let more = found.unfit - found.named.len() as u64;
                if more > 0 {
                    problems.push(format!("table {}: … and {more} more", table.declared.name));
                }
            }
        }
        if unfit.is_none() && self.tables.iter().any(|table| table.found.iter().any(|found| found.unfit > 0)) {
            problems.push("choose what becomes of such text: --unfit=escape, bytea or skip".to_owned());
        }
        problems
    }

    pub(super) fn notes(&self, unfit: Option<OnUnfit>) -> Vec<String> {
        let mut notes = self.others.clone();
        for table in &self.tables {
            for (index, column) in table.declared.columns.iter().enumerate() {
                let place = format!("table {}, column {}", table.declared.name, column.name);
                let chosen = table.chosen(index, unfit);
                notes.extend(chosen.note.map(|note| format!("{place}: {note}")));
            }
        }
        notes
    }
}

impl Prepared {
    /// What a column becomes, under the choice for unfit text.
    pub(super) fn chosen(&self, index: usize, unfit: Option<OnUnfit>) -> Chosen {
        let bytes = || Chosen {
            sql: "bytea".to_owned(),
            kind: Kind::Bytes,
            note: Some("it holds text that PostgreSQL cannot hold, and became bytea".to_owned()),
        };
        if unfit == Some(OnUnfit::Bytea) && self.found[index].unfit > 0 { bytes() } else { self.chosen[index].clone() }
    }

    /// As PostgreSQL will have it; the columns in their own order.
    pub(super) fn table(&self, unfit: Option<OnUnfit>) -> Table {
        let column = |(index, column): (usize, &super::inspect::DeclaredColumn)| {
            let chosen = self.chosen(index, unfit);
            // Said with the table, it costs no look at each row afterwards.
            let always = column.not_null || self.declared.primary_key.contains(&column.name);
            let nullable = !(always && self.found[index].nulls == 0);
            Column { name: column.name.clone(), kind: Some(chosen.kind), declared: chosen.sql, nullable }
        };
        let columns: Vec<Column> = self.declared.columns.iter().enumerate().map(column).collect();
        let key =
            (0..columns.len()).filter(|&index| self.declared.primary_key.contains(&columns[index].name)).collect();
        Table { name: self.declared.name.clone(), columns, key, references: BTreeSet::new() }
    }

    /// What SQLite is asked for: each value in the class that the column's type wants.
    pub(super) fn select(&self, unfit: Option<OnUnfit>) -> String {
        let value = |(index, column): (usize, &super::inspect::DeclaredColumn)| {
            let name = quoted(&column.name);
            match self.chosen(index, unfit).kind {
                Kind::Text | Kind::Jsonb if self.found[index].texts < self.found[index].values() => {
                    format!("CAST({name} AS TEXT)")
                }
                Kind::Bytes if self.found[index].blobs < self.found[index].values() => format!("CAST({name} AS BLOB)"),
                Kind::Real if self.found[index].integers > 0 => format!("CAST({name} AS REAL)"),
                _ => name,
            }
        };
        let values: Vec<String> = self.declared.columns.iter().enumerate().map(value).collect();
        format!("SELECT {} FROM {}", values.join(", "), quoted(&self.declared.name))
    }

    pub(super) fn report(&self) -> AutoTable {
        let column =
            |(column, chosen): (&super::inspect::DeclaredColumn, &Chosen)| format!("{} {}", column.name, chosen.sql);
        let columns = self.declared.columns.iter().zip(&self.chosen).map(column).collect();
        AutoTable { name: self.declared.name.clone(), rows: self.rows, columns, ..AutoTable::default() }
    }
}
