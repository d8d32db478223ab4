//! The sample ERP database: a small group of companies, generated from a fixed seed, never downloaded.
//!
//! The rows depend on nothing but this code: no clock, no floating point, no map with an order of its own.

mod expenses;
mod finance;
mod names;
mod people;
mod random;

use std::path::Path;

use anyhow::Context;
use rusqlite::Connection;
use tempfile::NamedTempFile;
use time::{Date, Duration, macros::date};

use random::Random;

/// Changing it, or the order in which numbers are drawn, changes every row.
const SEED: u64 = 2026;
/// The days that the sample covers.
const FIRST_DAY: Date = date!(2024 - 01 - 01);
const DAYS: i64 = 912;

/// Writes the database to `path`, replacing what is there in one step.
pub(crate) fn generate(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    let draft = NamedTempFile::new_in(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut database = Connection::open(draft.path())?;
    fill(&mut database)?;
    database.close().map_err(|(_, error)| error)?;
    draft.as_file().sync_all()?;
    draft.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

fn fill(database: &mut Connection) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    transaction.execute_batch(include_str!("schema.sql"))?;
    let mut random = Random::new(SEED);
    let employees = people::companies_and_employees(&transaction, &mut random)?;
    expenses::expenses(&transaction, &mut random, &employees)?;
    finance::invoices(&transaction, &mut random)?;
    finance::bank_movements(&transaction, &mut random)?;
    transaction.commit()
}

/// A day of the sample, as text.
fn day(offset: i64) -> String {
    (FIRST_DAY + Duration::days(offset)).to_string()
}

/// Cents as the decimal number that SQLite reads.
fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests;
