//! What a transfer did.

use std::{fs, io::Write, path::Path};

use puente_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    digest::Digest,
    error::{Result, io},
    schema::Table,
};

/// The report of a transfer: for people, as JSON, and for the way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of Puente that did it.
    pub puente: String,
    /// The newest migration of both sides.
    pub schema_version: i64,
    /// Where the data came from, without a password.
    pub from: String,
    /// Where it went, without a password.
    pub to: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was verified.
    pub finished_at: Timestamp,
    /// Every table with its rows and the hash of its content, which is the same on both sides.
    pub tables: Vec<TableReport>,
    /// Uploaded files.
    pub files: FilesReport,
    /// What the target held before, where it held anything: a fresh installation's rows.
    pub replaced: Vec<Replaced>,
    /// Secrets that were sealed for the target's key.
    pub resealed: u64,
    /// What could not be done after the commit: everything is there all the same.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A table's part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// See [`Digest::hash`].
    pub hash: String,
}

/// The files' part of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesReport {
    /// How many files both sides have.
    pub count: u64,
    /// Their size.
    pub bytes: u64,
    /// How many of them had to be copied.
    pub copied: u64,
}

/// Rows that were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The table.
    pub table: String,
    /// How many.
    pub rows: u64,
}

impl Report {
    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

pub(crate) fn tables(tables: &[Table], digests: &[Digest]) -> Vec<TableReport> {
    let report = |(table, digest): (&Table, &Digest)| TableReport {
        name: table.name.clone(),
        rows: digest.rows,
        hash: digest.hash(),
    };
    tables.iter().zip(digests).map(report).collect()
}

/// Where the report of the last transfer lies in a data folder.
pub const REPORT_FILE: &str = "transfer-report.json";

/// Writes the report into a data folder; it appears whole or not at all.
pub(crate) fn store(report: &Report, folder: &Path) -> Result<()> {
    let path = folder.join(REPORT_FILE);
    let write = || {
        fs::create_dir_all(folder)?;
        let mut draft = tempfile::NamedTempFile::new_in(folder)?;
        draft.write_all(&serde_json::to_vec_pretty(report)?)?;
        draft.as_file().sync_all()?;
        draft.persist(&path)?;
        Ok(())
    };
    write().map_err(io(format!("writing {}", path.display())))
}
