//! Whether two installations hold the same.

use crate::{
    error::{Error, Result},
    explain::{Difference, Pair, explain},
    files, flow,
    plan::Plan,
    progress::Progress,
    report::{self, FilesReport, TableReport},
    sequences,
    side::{Place, SNAPSHOT, Side, with},
    sqlite::strings,
    transfer::Installation,
};

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The tables as the first installation has them.
    pub tables: Vec<TableReport>,
    /// The tables in which they differ.
    pub differences: Vec<Difference>,
    /// Everything else that differs: files, sequences, references.
    pub others: Vec<String>,
    /// The files of the first installation.
    pub files: FilesReport,
}

impl Verified {
    /// Whether both hold the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty() && self.others.is_empty()
    }
}

/// Compares two installations at one moment each. It takes no locks: servers may go on meanwhile.
///
/// # Errors
/// A side cannot be read, or the schemas differ.
pub async fn verify(from: &Installation, to: &Installation, progress: &Progress) -> Result<Verified> {
    let (mut first, mut second) = (open(&from.place).await?, open(&to.place).await?);
    let verified = compare((&mut first, from), (&mut second, to), progress).await;
    first.close().await;
    second.close().await;
    verified
}

pub(crate) async fn open(place: &Place) -> Result<Side> {
    match place {
        Place::Sqlite(path) => Side::sqlite_snapshot(path),
        Place::Postgres(url) => Side::postgres(url, SNAPSHOT).await,
        Place::Backup(archive) => Ok(Side::Backup(archive.clone())),
    }
}

/// Compares two open sides.
pub(crate) async fn compare(
    (first, from): (&mut Side, &Installation),
    (second, to): (&mut Side, &Installation),
    progress: &Progress,
) -> Result<Verified> {
    let plan = Plan::new(&first.schema().await?, &second.schema().await?).map_err(Error::Preflight)?;
    let vaults = (Some(&from.keys.vault), Some(&to.keys.vault));
    progress.stage("reading the first side", 0);
    let a = flow::digests(first, &plan.from, vaults.0, progress).await?;
    progress.stage("reading the second side", a.iter().map(|digest| digest.rows).sum());
    let b = flow::digests(second, &plan.to, vaults.1, progress).await?;
    progress.stage("comparing", 0);
    let mut differences = Vec::new();
    for index in (0..a.len()).filter(|&index| a[index] != b[index]) {
        let mut pair = Pair { first: (first, vaults.0), second: (second, vaults.1) };
        let tables = (&plan.from[index], &plan.to[index]);
        differences.push(explain(&mut pair, tables, (&a[index], &b[index])).await?);
    }
    let (files, mut others) = files::compare(&from.uploads, &to.uploads)?;
    others.extend(behind(first, second).await?);
    for (side, place) in [(first, &from.place), (second, &to.place)] {
        others.extend(dangling(side).await?.into_iter().map(|what| format!("{}: {what}", place.shown())));
    }
    Ok(Verified { tables: report::tables(&plan.from, &a), differences, others, files })
}

/// Counters of the second side that stand before those of the first.
async fn behind(first: &mut Side, second: &mut Side) -> Result<Vec<String>> {
    let (a, b) = (sequences::read(first).await?, sequences::read(second).await?);
    let behind = a.iter().filter(|(table, last)| b.get(*table).is_none_or(|other| other < last));
    Ok(behind.map(|(table, last)| format!("the sequence of table {table} has not reached {last}")).collect())
}

/// References to rows that do not exist. PostgreSQL keeps them from existing, as long as its constraints are valid.
async fn dangling(side: &mut Side) -> Result<Vec<String>> {
    match side {
        Side::Sqlite(connection) => {
            let dangling = "SELECT 'table ' || \"table\" || ' refers to a row of ' || parent || ' that does not exist'
                            FROM pragma_foreign_key_check LIMIT 20";
            let found = with(connection.clone(), move |connection| strings(connection, dangling, [])).await;
            found.map_err(crate::error::sqlite("checking references"))
        }
        Side::Postgres(_) => {
            let invalid = "SELECT conname::text, 1::bigint FROM pg_constraint
                           WHERE contype = 'f' AND NOT convalidated AND connamespace = current_schema()::regnamespace";
            let invalid = side.counts(invalid.to_owned()).await?;
            Ok(invalid.into_iter().map(|(name, _)| format!("the reference {name} is not valid")).collect())
        }
        Side::Backup(_) => Ok(Vec::new()),
    }
}
