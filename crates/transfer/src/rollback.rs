//! The way back: from PostgreSQL to the SQLite file that it was filled from.

use puente_domain::Clock;

use crate::{
    error::{Error, Result},
    explain::Difference,
    progress::Progress,
    report::Report,
    rules::REPORT,
    side::Place,
    source::Source,
    transfer::{Installation, Options, transfer},
    verify,
};

/// What becomes of rows that were written since the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// They are carried back.
    Carry,
    /// They are dropped: the file stays as it was at the transfer.
    Drop,
}

/// What a rollback did.
#[derive(Clone, Debug)]
pub struct RolledBack {
    /// What was written to PostgreSQL since the transfer, table by table: carried back or dropped.
    pub since: Vec<Difference>,
    /// The report of the transfer back; `None` if the changes were dropped.
    pub report: Option<Report>,
}

impl RolledBack {
    /// How many rows were added, changed or deleted since the transfer.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.since.iter().map(Difference::rows).sum()
    }
}

/// The report of the transfer that filled a database.
///
/// # Errors
/// It cannot be read, or no transfer has filled it.
pub async fn report_of(place: &Place) -> Result<Report> {
    let mut side = verify::open(place).await?;
    let stored = match side.schema().await {
        Ok(schema) if schema.table("settings").is_none() => Ok(None),
        Ok(_) => side.setting(REPORT).await,
        Err(error) => Err(error),
    };
    side.close().await;
    let none = || Error::Refused(format!("no transfer has filled {}: there is nothing to roll back", place.shown()));
    serde_json::from_str(&stored?.ok_or_else(none)?).map_err(|_| none())
}

/// Returns to `to`, the file that `from` was filled from; the file is replaced as a whole, or left as it is.
///
/// # Errors
/// As [`transfer`]; with [`Changes::Drop`] also if the file is not what it was at the transfer.
pub async fn rollback(
    from: &Installation,
    to: &Installation,
    changes: Changes,
    clock: &dyn Clock,
    progress: &Progress,
) -> Result<RolledBack> {
    let report = report_of(&from.place).await?;
    let since = since(from, to, changes, &report, progress).await?;
    if changes == Changes::Drop {
        return Ok(RolledBack { since, report: None });
    }
    let options = Options { dry_run: false, replace: true, patience: std::time::Duration::ZERO };
    let report = transfer(from, to, options, clock, progress).await?;
    Ok(RolledBack { since, report: Some(report) })
}

/// What differs from the file now, while nobody uses the database.
async fn since(
    from: &Installation,
    to: &Installation,
    changes: Changes,
    report: &Report,
    progress: &Progress,
) -> Result<Vec<Difference>> {
    let mut source = Source::open(&from.place).await?;
    let exists = matches!(&to.place, Place::Sqlite(path) if path.exists());
    if !exists && changes == Changes::Carry {
        source.close().await;
        return Ok(Vec::new());
    }
    let mut file = verify::open(&to.place).await?;
    let compared = verify::compare((&mut file, to), (&mut source.side, from), progress).await;
    file.close().await;
    source.close().await;
    let compared = compared?;
    if changes == Changes::Drop && compared.tables != report.tables {
        let other = compared.tables.iter().filter(|table| !report.tables.contains(table));
        let other: Vec<&str> = other.map(|table| table.name.as_str()).collect();
        return Err(Error::Refused(format!(
            "{} is not what it was at the transfer: {} changed; leave out --drop-changes to replace it by what PostgreSQL \
             holds",
            to.place.shown(),
            other.join(", ")
        )));
    }
    Ok(compared.differences)
}
