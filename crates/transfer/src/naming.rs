//! How a row is named to people.

use crate::{
    digest::hex,
    rows::{Cell, Row},
    schema::Table,
};

/// The longest value that is shown, in characters.
const LONGEST: usize = 80;

/// `name='erp'`, `id=0192…`: the key of a row.
pub(crate) fn key_of(table: &Table, row: Row<'_>) -> String {
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let part = |&index: &usize| Some(format!("{}={}", table.columns.get(index)?.name, shown(*cells.get(index)?)));
    table.key.iter().take(4).filter_map(part).collect::<Vec<_>>().join(", ")
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Real(value) => value.to_string(),
        Cell::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let mut short: String = text.chars().take(LONGEST).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            format!("'{}'", short.escape_debug())
        }
        Cell::Blob(bytes) => match <[u8; 16]>::try_from(bytes) {
            Ok(id) => uuid::Uuid::from_bytes(id).to_string(),
            Err(_) => hex(&bytes[..bytes.len().min(LONGEST / 2)]),
        },
    }
}
