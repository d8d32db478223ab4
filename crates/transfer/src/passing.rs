//! What is sealed and does not hold up a transfer: orders, states and answers of tasks, stored results, which live for
//! hours; keys of the audit trail. It is sealed anew on the way; what cannot be opened is carried over as it is: nobody could read it before, and the transfer does not wait for it.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use puente_auth::Vault;
use serde_json::Value;
use uuid::Uuid;

use crate::{rows::Cell, schema::Table};

/// How a seal lies in its column.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// As bytes.
    Bytes,
    /// In base64.
    Text,
    /// In base64, as `sealed` in a JSON object.
    Json,
}

/// A sealed column; its context is the prefix and the row's id.
#[derive(Clone, Copy, Debug)]
struct Passing {
    table: &'static str,
    column: &'static str,
    prefix: &'static str,
    form: Form,
}

const PASSING: &[Passing] = &[
    Passing { table: "jobs", column: "payload", prefix: "task:", form: Form::Json },
    Passing { table: "tasks", column: "payload", prefix: "task-state:", form: Form::Text },
    Passing { table: "tasks", column: "answers", prefix: "task-answers:", form: Form::Text },
    Passing { table: "results", column: "body", prefix: "result:", form: Form::Bytes },
    Passing { table: "audit_keys", column: "sealed", prefix: "audit-key:", form: Form::Bytes },
];

/// Whether a column of a table may be sealed like this.
pub(crate) fn knows(table: &Table, column: &str) -> bool {
    columns_of(table).any(|passing| passing.column == column)
}

/// Whether a table's rows may hold such seals.
pub(crate) fn are_in(table: &Table) -> bool {
    columns_of(table).next().is_some()
}

/// What is in the seals that the vault opens, by the index of their columns.
pub(crate) fn opened(table: &Table, cells: &[Cell<'_>], vault: &Vault) -> Vec<(usize, Vec<u8>)> {
    let opened = columns_of(table).filter_map(|passing| passing.open(table, cells, vault));
    opened.map(|opened| (opened.column, opened.plain)).collect()
}

/// The columns whose seals `from` opens, sealed anew.
pub(crate) fn resealed(table: &Table, cells: &[Cell<'_>], from: &Vault, to: &Vault) -> Vec<(usize, Vec<u8>)> {
    let opened = columns_of(table).filter_map(|passing| Some((passing, passing.open(table, cells, from)?)));
    opened
        .map(|(passing, opened)| {
            let sealed = to.seal(&opened.context, &opened.plain);
            (opened.column, passing.form.around(&sealed, opened.written))
        })
        .collect()
}

fn columns_of(table: &Table) -> impl Iterator<Item = &'static Passing> {
    PASSING.iter().filter(|passing| passing.table == table.name)
}

/// A seal and what is in it.
struct Opened<'a> {
    column: usize,
    context: String,
    plain: Vec<u8>,
    /// The cell's content.
    written: &'a [u8],
}

impl Passing {
    fn open<'a>(&self, table: &Table, cells: &[Cell<'a>], vault: &Vault) -> Option<Opened<'a>> {
        let column = table.column(self.column)?;
        let (Cell::Blob(written) | Cell::Text(written)) = *cells.get(column)? else { return None };
        let Cell::Blob(id) = cells.get(table.column("id")?)? else { return None };
        let context = format!("{}{}", self.prefix, Uuid::from_slice(id).ok()?);
        let plain = vault.open(&context, &self.form.inside(written)?)?;
        Some(Opened { column, context, plain, written })
    }
}

impl Form {
    /// The seal in a cell.
    fn inside(self, written: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Bytes => Some(written.to_vec()),
            Self::Text => BASE64_STANDARD_NO_PAD.decode(written).ok(),
            Self::Json => {
                let payload: Value = serde_json::from_slice(written).ok()?;
                BASE64_STANDARD_NO_PAD.decode(payload.get("sealed")?.as_str()?).ok()
            }
        }
    }

    /// A cell with another seal.
    fn around(self, sealed: &[u8], written: &[u8]) -> Vec<u8> {
        let text = || BASE64_STANDARD_NO_PAD.encode(sealed);
        match self {
            Self::Bytes => sealed.to_vec(),
            Self::Text => text().into_bytes(),
            Self::Json => {
                let mut payload: Value = serde_json::from_slice(written).unwrap_or_default();
                payload["sealed"] = text().into();
                payload.to_string().into_bytes()
            }
        }
    }
}
