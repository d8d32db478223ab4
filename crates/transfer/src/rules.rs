//! The few tables and columns that are not carried over as they are. Everything else follows from the schema.

use std::collections::BTreeMap;

use puente_auth::Vault;

use crate::{
    passing,
    rows::{Cell, Row, Rows},
    schema::Table,
};

/// Tables of programs that run, not of data: what the target has stays.
const LEFT_BEHIND: &[&str] = &["job_schedules", "leases", "_sqlx_migrations"];

/// What the transfer itself keeps in `settings`.
pub(crate) const OWN_SETTINGS: &str = "transfer.";
/// Which programs may serve on the schema. Each database says it about its own.
const OWN_SCHEMA: &str = "schema_serves_from";
/// Keys that signed access tokens before the transfer, sealed; they still verify.
pub const TOKEN_KEYS: &str = "transfer.token_keys";
/// The report of the transfer that filled the database, as JSON.
pub(crate) const REPORT: &str = "transfer.report";

/// The id of the transfer whose files are in place.
pub(crate) const FILES: &str = "transfer.files";

/// Columns that may differ without the data being different: counters that only have to grow, ids of keys.
const NOT_COMPARED: &[(&str, &str)] = &[("versions", "version")];

/// A column that holds what the vault has sealed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed {
    table: &'static str,
    column: &'static str,
    /// The column with the id of the key, if there is one.
    key_id: Option<&'static str>,
    /// The column that stands in the context.
    name: &'static str,
    /// What stands before it there.
    prefix: &'static str,
}

const SEALED: &[Sealed] =
    &[Sealed { table: "secrets", column: "sealed", key_id: Some("key_id"), name: "name", prefix: "secret:" }];

/// Whether a table's rows are carried over.
pub(crate) fn is_carried(table: &str) -> bool {
    !LEFT_BEHIND.contains(&table)
}

/// The sealed columns of a table.
fn sealed_of(table: &Table) -> impl Iterator<Item = &'static Sealed> {
    SEALED.iter().filter(|sealed| sealed.table == table.name)
}

/// Whether the rows of a table differ between two places that hold the same.
pub(crate) fn is_special(table: &Table) -> bool {
    has_seals(table)
        || passing::are_in(table)
        || NOT_COMPARED.iter().any(|(name, _)| *name == table.name)
        || table.name == "settings"
}

/// Appends the form in which a row is compared: sealed values opened, what need not be equal left out. `false` if the
/// row is not compared at all.
pub(crate) fn comparable(table: &Table, row: Row<'_>, vault: Option<&Vault>, into: &mut Rows) -> bool {
    if is_own_setting(table, row) {
        return false;
    }
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let opened: Vec<_> = sealed_of(table).filter_map(|sealed| open(sealed, table, &cells, vault)).collect();
    let passing = vault.map(|vault| passing::opened(table, &cells, vault)).unwrap_or_default();
    for (index, cell) in cells.iter().enumerate() {
        let name = table.columns.get(index).map_or("", |column| &column.name);
        let plain = opened.iter().find(|(sealed, _)| sealed.column == name).map(|(_, plain)| plain);
        let plain = plain.or(passing.iter().find(|(column, _)| *column == index).map(|(_, plain)| plain));
        let ignored =
            NOT_COMPARED.contains(&(&table.name, name)) || opened.iter().any(|(sealed, _)| sealed.key_id == Some(name));
        into.push(if ignored { Cell::Null } else { plain.map_or(*cell, |plain| Cell::Blob(plain)) });
    }
    into.end_row();
    true
}

/// What a row's way to the target needs to know.
pub(crate) struct Carriage<'a> {
    /// Opens what the source has sealed.
    pub(crate) from: &'a Vault,
    /// Seals for the target.
    pub(crate) to: &'a Vault,
    /// The versions that the target's servers have seen: each must grow, so that they notice.
    pub(crate) seen: &'a BTreeMap<String, i64>,
}

/// Appends the row as the target gets it: sealed values sealed anew, versions beyond those that its servers have seen.
/// `Ok(false)` if the row stays behind; the name of what cannot be opened, if there is any.
pub(crate) fn carry(table: &Table, row: Row<'_>, carriage: &Carriage<'_>, into: &mut Rows) -> Result<bool, String> {
    if is_own_setting(table, row) {
        return Ok(false);
    }
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let mut replaced: Vec<(usize, Vec<u8>)> = Vec::new();
    for sealed in sealed_of(table) {
        let Some(column) = table.column(sealed.column) else { continue };
        if cells.get(column).is_none_or(|cell| *cell == Cell::Null) {
            continue;
        }
        let context = context(sealed, table, &cells);
        let (_, plain) = open(sealed, table, &cells, Some(carriage.from)).ok_or_else(|| context.clone())?;
        replaced.push((column, carriage.to.seal(&context, &plain)));
        let key_id = sealed.key_id.and_then(|name| table.column(name));
        replaced.extend(key_id.map(|index| (index, carriage.to.fingerprint().into_bytes())));
    }
    replaced.extend(passing::resealed(table, &cells, carriage.from, carriage.to));
    let grown = grown(table, &cells, carriage.seen);
    for (index, cell) in cells.iter().enumerate() {
        let new = replaced.iter().find(|(column, _)| *column == index).map(|(_, bytes)| &bytes[..]);
        into.push(match (new, cell) {
            (Some(bytes), Cell::Text(_)) => Cell::Text(bytes),
            (Some(bytes), _) => Cell::Blob(bytes),
            (None, cell) => grown.filter(|(column, _)| *column == index).map_or(*cell, |(_, new)| Cell::Integer(new)),
        });
    }
    into.end_row();
    Ok(true)
}

/// The column of the version, and a version that the target's servers have not seen.
fn grown(table: &Table, cells: &[Cell<'_>], seen: &BTreeMap<String, i64>) -> Option<(usize, i64)> {
    if table.name != "versions" {
        return None;
    }
    let (name, version) = (table.column("name")?, table.column("version")?);
    let (Cell::Text(name), Cell::Integer(own)) = (cells.get(name)?, cells.get(version)?) else { return None };
    let seen = seen.get(&String::from_utf8_lossy(name).into_owned())?;
    Some((version, (*own).max(seen.saturating_add(1))))
}

fn is_own(name: &[u8]) -> bool {
    name.starts_with(OWN_SETTINGS.as_bytes()) || name == OWN_SCHEMA.as_bytes()
}

fn is_own_setting(table: &Table, row: Row<'_>) -> bool {
    table.name == "settings"
        && table
            .column("name")
            .and_then(|index| row.cells().nth(index))
            .is_some_and(|cell| matches!(cell, Cell::Text(name) if is_own(name)))
}

/// Whether rows of this table need the encryption key.
pub(crate) fn has_seals(table: &Table) -> bool {
    sealed_of(table).next().is_some()
}

/// What of this row cannot be opened, because its key is missing.
pub(crate) fn unopened(table: &Table, row: Row<'_>, vault: &Vault) -> Option<String> {
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let mut all = sealed_of(table);
    let closed = all.find(|sealed| {
        let present = table.column(sealed.column).is_some_and(|column| cells.get(column) != Some(&Cell::Null));
        present && open(sealed, table, &cells, Some(vault)).is_none()
    })?;
    Some(context(closed, table, &cells))
}

/// A sealed value in a column that nobody said is sealed: it could not be sealed anew.
pub(crate) fn unknown_seal<'a>(table: &'a Table, row: Row<'_>, vault: &Vault) -> Option<&'a str> {
    let sealed_here = |cell: &Cell<'_>| match cell {
        Cell::Blob(bytes) => Vault::key_id_of(bytes).is_some_and(|id| vault.has_key(&id)),
        _ => false,
    };
    let known = |name: &str| sealed_of(table).any(|sealed| sealed.column == name) || passing::knows(table, name);
    let mut columns = table.columns.iter().zip(row.cells());
    columns.find(|(column, cell)| sealed_here(cell) && !known(&column.name)).map(|(column, _)| &*column.name)
}

fn open(
    sealed: &'static Sealed,
    table: &Table,
    cells: &[Cell<'_>],
    vault: Option<&Vault>,
) -> Option<(&'static Sealed, Vec<u8>)> {
    let (Cell::Blob(bytes) | Cell::Text(bytes)) = cells.get(table.column(sealed.column)?)? else { return None };
    let plain = vault?.open(&context(sealed, table, cells), bytes)?;
    Some((sealed, plain))
}

fn context(sealed: &Sealed, table: &Table, cells: &[Cell<'_>]) -> String {
    let name = match table.column(sealed.name).and_then(|index| cells.get(index)) {
        Some(Cell::Text(name)) => String::from_utf8_lossy(name).into_owned(),
        _ => String::new(),
    };
    format!("{}{name}", sealed.prefix)
}
