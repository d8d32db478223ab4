//! Any SQLite file as a schema of PostgreSQL: the business data that people keep in files.
//!
//! Inspect → scan every row (what do the columns really hold?) → decide types → one transaction: tables, rows by binary
//! `COPY`, then keys, defaults, generated columns, checks, indexes, references. What does not translate is listed, never
//! dropped silently.

mod constraints;
mod inspect;
mod load;
mod prepare;
mod scan;
mod sql_text;
mod types;
mod unfit;

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Serialize;

use crate::{
    error::{Error, Result},
    fault,
    progress::Progress,
    schema::quoted,
    side::{CURRENT, Side},
};

pub(crate) use types::{date, timestamp};
pub use unfit::OnUnfit;

/// What to make of a file.
#[derive(Clone, Debug)]
pub struct AutoOptions {
    /// The SQLite file.
    pub file: PathBuf,
    /// Where the schema is made.
    pub to: SecretString,
    /// Its name; it must not exist, or be empty.
    pub schema: String,
    /// What becomes of text that PostgreSQL cannot hold; without it, such text stops everything.
    pub unfit: Option<OnUnfit>,
    /// Look at everything, change nothing.
    pub dry_run: bool,
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AutoReport {
    /// The schema.
    pub schema: String,
    /// Its tables.
    pub tables: Vec<AutoTable>,
    /// What did not translate, or not as it was, and what was done instead.
    pub notes: Vec<String>,
}

/// A table that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AutoTable {
    /// Its name.
    pub name: String,
    /// How many rows the file has.
    pub rows: u64,
    /// How many of them were left out, because PostgreSQL cannot hold them.
    pub skipped: u64,
    /// How many of them were changed, because PostgreSQL cannot hold them as they are.
    pub changed: u64,
    /// `name type` of each column.
    pub columns: Vec<String>,
}

/// Makes the schema, in one transaction.
///
/// # Errors
/// In words for the operator: what is in the way, with table, column and row.
pub async fn auto(options: &AutoOptions, progress: &Progress) -> Result<AutoReport> {
    progress.stage("opening", 0);
    let file = Side::sqlite_foreign(&options.file)?;
    let Side::Sqlite(connection) = &file else { return Err(Error::Interrupted) };
    let scanning = (connection.clone(), progress.clone());
    progress.stage("looking", 0);
    let database = crate::side::with(scanning.0, move |connection| prepare::prepare(connection, &scanning.1)).await?;
    let mut report = AutoReport {
        schema: options.schema.clone(),
        tables: database.tables.iter().map(prepare::Prepared::report).collect(),
        notes: database.notes(options.unfit),
    };
    let problems = database.problems(options.unfit);
    if !problems.is_empty() {
        return Err(Error::Preflight(problems));
    }
    let mut target = Side::postgres(&options.to, CURRENT).await?;
    claim_schema(&mut target, &options.schema).await?;
    fault::point("auto.opened").await;
    if options.dry_run {
        target.close().await;
        return Ok(report);
    }
    progress.stage("copying", report.tables.iter().map(|table| table.rows).sum());
    load::load(connection, &mut target, &database, options.unfit, &mut report, progress).await?;
    progress.stage("keys, indexes and references", 0);
    fault::point("auto.copied").await;
    constraints::add(&mut target, &database, &mut report.notes).await?;
    load::check_counts(&mut target, &report).await?;
    fault::point("auto.committing").await;
    target.commit("the commit").await?;
    Ok(report)
}

/// Makes the schema and works in it; one that holds anything is somebody else's.
async fn claim_schema(target: &mut Side, schema: &str) -> Result<()> {
    let name = schema.replace('\'', "''");
    let held = format!(
        "SELECT relname::text, 1::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = '{name}'"
    );
    let held = target.counts(held).await?;
    if let Some((first, _)) = held.first() {
        let many = held.len();
        return Err(Error::Refused(format!(
            "the schema {schema} holds {many} things already, such as {first}; name another one"
        )));
    }
    let make = format!("CREATE SCHEMA IF NOT EXISTS {0}; SET LOCAL search_path TO {0}", quoted(schema));
    target.run(make, "making the schema").await
}
