//! The tables and their rows.

use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::{
    AutoReport,
    prepare::{Database, Prepared},
    unfit::{OnUnfit, escaped, fits},
};
use crate::{
    batch::{Sender, both, channel},
    error::{Error, Result, sqlite},
    progress::Progress,
    rows::Cell,
    schema::{Column, Table, quoted},
    side::{Side, with},
    sqlite::cell,
};

/// So many rows are told to the progress at once.
const TOLD: usize = 1024;

/// Makes the tables and copies every row.
pub(super) async fn load(
    source: &Arc<Mutex<Connection>>,
    target: &mut Side,
    database: &Database,
    unfit: Option<OnUnfit>,
    report: &mut AutoReport,
    progress: &Progress,
) -> Result<()> {
    let tables: Vec<Table> = database.tables.iter().map(|table| table.table(unfit)).collect();
    for table in &tables {
        let column = |column: &Column| {
            let null = if column.nullable { "" } else { " NOT NULL" };
            format!("{} {}{null}", quoted(&column.name), column.declared)
        };
        let columns: Vec<String> = table.columns.iter().map(column).collect();
        target.run(format!("CREATE TABLE {} ({})", quoted(&table.name), columns.join(", ")), "making a table").await?;
    }
    let (to, from) = channel();
    let reading =
        Reading { tables: tables.clone(), prepared: database.tables.clone(), unfit, progress: progress.clone() };
    let read = with(source.clone(), move |connection| reading.run(connection, to));
    let (read, written) = tokio::join!(read, target.write(&tables, from));
    let (counts, ()) = both(read, written)?;
    for ((table, made), (skipped, changed)) in report.tables.iter_mut().zip(&tables).zip(counts) {
        (table.skipped, table.changed) = (skipped, changed);
        table.columns = made.columns.iter().map(|column| format!("{} {}", column.name, column.declared)).collect();
    }
    Ok(())
}

struct Reading {
    tables: Vec<Table>,
    prepared: Vec<Prepared>,
    unfit: Option<OnUnfit>,
    progress: Progress,
}

impl Reading {
    /// Sends every row; returns how many of each table were skipped and changed.
    fn run(&self, connection: &Connection, mut to: Sender) -> Result<Vec<(u64, u64)>> {
        let mut counts = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            to.start_blocking(index)?;
            let doing = || sqlite(format!("reading table {}", table.name));
            let mut statement = connection.prepare(&self.prepared[index].select(self.unfit)).map_err(doing())?;
            let mut rows = statement.query([]).map_err(doing())?;
            let (mut skipped, mut changed, mut untold) = (0, 0, 0);
            while let Some(row) = rows.next().map_err(doing())? {
                let mut cells = Vec::with_capacity(table.columns.len());
                for column in 0..table.columns.len() {
                    cells.push(cell(row.get_ref(column).map_err(doing())?));
                }
                untold += 1;
                if untold == TOLD {
                    self.progress.rows(table, std::mem::take(&mut untold), 0);
                }
                match self.put(table, &cells, &mut to) {
                    Put::AsIs => {}
                    Put::Changed => changed += 1,
                    Put::Skipped => {
                        skipped += 1;
                        continue;
                    }
                }
                to.row_blocking()?;
            }
            self.progress.rows(table, untold, 0);
            counts.push((skipped, changed));
        }
        to.flush_blocking()?;
        Ok(counts)
    }

    fn put(&self, table: &Table, cells: &[Cell<'_>], to: &mut Sender) -> Put {
        let kind = |index: usize| table.columns[index].kind.unwrap_or(crate::schema::Kind::Unknown);
        let all_fit = self.unfit.is_none() || cells.iter().enumerate().all(|(index, cell)| fits(*cell, kind(index)));
        if !all_fit && self.unfit == Some(OnUnfit::Skip) {
            return Put::Skipped;
        }
        for (index, value) in cells.iter().enumerate() {
            match value {
                Cell::Text(text) if !all_fit && !fits(*value, kind(index)) => {
                    to.rows.push(Cell::Text(&escaped(text, kind(index))));
                }
                value => to.rows.push(*value),
            }
        }
        to.rows.end_row();
        if all_fit { Put::AsIs } else { Put::Changed }
    }
}

enum Put {
    AsIs,
    Changed,
    Skipped,
}

/// Whether every row arrived.
pub(super) async fn check_counts(target: &mut Side, report: &AutoReport) -> Result<()> {
    let mut wrong = Vec::new();
    for table in &report.tables {
        let count = format!("SELECT '', count(*) FROM {}", quoted(&table.name));
        let count = target.counts(count).await?.first().map_or(0, |(_, count)| *count);
        let wanted = table.rows - table.skipped;
        if u64::try_from(count).ok() != Some(wanted) {
            wrong.push(format!("table {}: {count} rows arrived of {wanted}", table.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::Different(wrong)) }
}
