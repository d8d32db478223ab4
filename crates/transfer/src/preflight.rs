//! What is looked at before anything is changed.

use puente_auth::Vault;

use crate::{
    batch::{Receiver, both, channel},
    error::{Error, Result},
    naming::key_of,
    plan::Plan,
    postgres::encode::field,
    progress::Progress,
    rows::{Cell, Row},
    rules,
    schema::{Kind, Table},
    side::Side,
};

/// So many rows that do not fit are listed; the others are counted.
const LISTED: usize = 50;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) rows: u64,
    /// In the canonical form, which is about what a database takes without its indexes.
    pub(crate) bytes: u64,
    /// With table, column and key of each.
    pub(crate) problems: Vec<String>,
}

/// Reads everything once: does each value fit, does a key open each sealed one?
pub(crate) async fn look(
    side: &mut Side,
    plan: &Plan,
    vault: &std::sync::Arc<Vault>,
    progress: &Progress,
) -> Result<Looked> {
    let (to, from) = channel();
    let looking = Look { plan: plan.clone(), kinds: plan.kinds(), vault: vault.clone(), progress: progress.clone() };
    let looking = tokio::task::spawn_blocking(move || looking.run(from));
    let (read, looked) = tokio::join!(side.read(&plan.from, to), looking);
    both(read, looked.map_err(|_| Error::Interrupted)).map(|((), looked)| looked)
}

struct Look {
    plan: Plan,
    kinds: Vec<Vec<Option<Kind>>>,
    vault: std::sync::Arc<Vault>,
    progress: Progress,
}

impl Look {
    fn run(self, mut from: Receiver) -> Looked {
        let (mut rows, mut bytes, mut found, mut problems) = (0, 0, 0_usize, Vec::new());
        let mut scratch = Vec::new();
        while let Some(batch) = from.blocking_recv() {
            let (table, kinds) = (&self.plan.from[batch.table], &self.kinds[batch.table]);
            self.progress.rows(table, batch.rows.len(), batch.rows.size());
            bytes += batch.rows.size() as u64;
            for row in batch.rows.iter() {
                rows += 1;
                for problem in self.problems(table, kinds, row, &mut scratch) {
                    found += 1;
                    if problems.len() < LISTED {
                        problems.push(problem);
                    }
                }
            }
        }
        if found > problems.len() {
            problems.push(format!("… and {} more", found - problems.len()));
        }
        Looked { rows, bytes, problems }
    }

    fn problems(&self, table: &Table, kinds: &[Option<Kind>], row: Row<'_>, scratch: &mut Vec<u8>) -> Vec<String> {
        let mut problems = Vec::new();
        let place = |column: &str| format!("table {}, column {column}, row {}", table.name, key_of(table, row));
        for (index, (cell, kind)) in row.cells().zip(kinds).enumerate() {
            scratch.clear();
            let column = &table.columns[index].name;
            if let Some(kind) = kind
                && let Err(unfit) = field(cell, *kind, scratch)
            {
                problems.push(format!("{}: {unfit}", place(column)));
            }
            if matches!(cell, Cell::Real(value) if value.is_nan()) {
                problems.push(format!("{}: SQLite cannot hold NaN", place(column)));
            }
        }
        if let Some(closed) = rules::unopened(table, row, &self.vault) {
            problems.push(format!(
                "{closed} was sealed with a key that was not given: name a file with the source's ENCRYPTION_KEY by \
                 --from-encryption-key-file"
            ));
        }
        if let Some(column) = rules::unknown_seal(table, row, &self.vault) {
            problems.push(format!("{}: it is sealed, and this version cannot seal it anew", place(column)));
        }
        problems
    }
}
