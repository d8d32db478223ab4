//! Puente's data on the move: from SQLite to PostgreSQL and back, into a backup and out of it.
//!
//! - [`transfer()`] moves an installation from one database to the other; the steps are in its module.
//! - [`rows`] has the canonical form of a value, [`digest`] the content of a table in a few bytes.
//! - `side` is one end of a transfer, `source` and `target` what locks it and what keeps it whole, `flow` the way between.
//! - `rules` has the few tables and columns that are not carried over as they are.

mod auto;
mod backup;
mod batch;
pub mod digest;
mod disk;
mod error;
mod explain;
mod fault;
mod files;
mod flow;
mod journal;
mod keys;
mod naming;
mod passing;
mod plan;
mod postgres;
mod preflight;
mod progress;
mod report;
mod rollback;
pub mod rows;
mod rules;
pub mod schema;
mod sequences;
mod side;
mod source;
mod sqlite;
mod target;
mod transfer;
mod uploads;
mod verify;

#[cfg(test)]
mod tests;

pub use auto::{AutoOptions, AutoReport, AutoTable, OnUnfit, auto};
pub use backup::{
    Archive, BackupOptions, Destination, Header, Manifest, backup, backup_to, file_name, outdated, prune,
};
pub use error::{Error, Result};
pub use explain::Difference;
pub use keys::{Keys, open_token_keys};
pub use plan::Plan;
pub use progress::{Progress, Stage};
pub use report::{FilesReport, REPORT_FILE, Replaced, Report, TableReport};
pub use rollback::{Changes, RolledBack, report_of, rollback};
pub use rules::TOKEN_KEYS;
pub use side::Place;
pub use transfer::{Installation, Options, transfer};
pub use verify::{Verified, verify};
