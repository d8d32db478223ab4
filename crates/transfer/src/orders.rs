//! The payload of a task's job: JSON whose `sealed` is for the installation's key alone.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use puente_auth::Vault;
use serde::{Deserialize, Serialize};

use crate::{rows::Cell, schema::Table};

#[derive(Deserialize, Serialize)]
struct Payload {
    task: String,
    sealed: String,
}

impl Payload {
    fn context(&self) -> String {
        format!("task:{}", self.task)
    }

    /// With what is in the seal; `None` if the vault does not open it.
    fn open(json: &[u8], vault: &Vault) -> Option<(Self, Vec<u8>)> {
        let payload: Self = serde_json::from_slice(json).ok()?;
        let plain = vault.open(&payload.context(), &BASE64_STANDARD_NO_PAD.decode(&payload.sealed).ok()?)?;
        Some((payload, plain))
    }
}

/// Whether a table's rows may have such a payload.
pub(crate) fn are_in(table: &Table) -> bool {
    table.name == "jobs"
}

/// The column of the payload, and what is in its seal; `None` if there is no seal that the vault opens.
pub(crate) fn opened(table: &Table, cells: &[Cell<'_>], vault: &Vault) -> Option<(usize, Vec<u8>)> {
    let (column, json) = payload_of(table, cells)?;
    let (_, plain) = Payload::open(json, vault)?;
    Some((column, plain))
}

/// The column of the payload, and the payload sealed anew. What cannot be opened is carried over as it is: it could not be
/// executed before, and its worker says why.
pub(crate) fn resealed(table: &Table, cells: &[Cell<'_>], from: &Vault, to: &Vault) -> Option<(usize, Vec<u8>)> {
    let (column, json) = payload_of(table, cells)?;
    let (mut payload, plain) = Payload::open(json, from)?;
    payload.sealed = BASE64_STANDARD_NO_PAD.encode(to.seal(&payload.context(), &plain));
    Some((column, serde_json::to_vec(&payload).ok()?))
}

fn payload_of<'a>(table: &Table, cells: &[Cell<'a>]) -> Option<(usize, &'a [u8])> {
    let column = are_in(table).then(|| table.column("payload")).flatten()?;
    match cells.get(column)? {
        Cell::Text(json) => Some((column, json)),
        _ => None,
    }
}
