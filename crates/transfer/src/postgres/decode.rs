//! From the stream of a binary `COPY … TO STDOUT` to canonical values.

use crate::{
    rows::{Cell, Rows},
    schema::Kind,
};

use super::encode::{EPOCH, HEADER};

/// What came is not what the server promised; the connection cannot be used any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Takes the stream apart, however it was cut.
pub(crate) struct Decoder<'a> {
    kinds: &'a [Kind],
    /// What was not a whole row yet.
    rest: Vec<u8>,
    begun: bool,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(kinds: &'a [Kind]) -> Self {
        Self { kinds, rest: Vec::new(), begun: false }
    }

    /// Appends the rows that are whole by now; returns how many.
    pub(crate) fn feed(&mut self, chunk: &[u8], into: &mut Rows) -> Result<usize, Malformed> {
        let held = !self.rest.is_empty();
        if held {
            self.rest.extend_from_slice(chunk);
        }
        let buffer = std::mem::take(&mut self.rest);
        let mut input = if held { &buffer[..] } else { chunk };
        let mut rows = 0;
        if !self.begun && input.len() >= HEADER.len() {
            input = input.strip_prefix(HEADER).ok_or(Malformed)?;
            self.begun = true;
        }
        while self.begun
            && let Some(row) = whole_row(input)
        {
            self.decode(&input[..row], into)?;
            input = &input[row..];
            rows += 1;
        }
        self.rest = input.to_vec();
        Ok(rows)
    }

    fn decode(&self, row: &[u8], into: &mut Rows) -> Result<(), Malformed> {
        let (_, mut input) = row.split_first_chunk::<2>().ok_or(Malformed)?;
        for &kind in self.kinds {
            let (length, rest) = input.split_first_chunk().ok_or(Malformed)?;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
                into.push(Cell::Null);
                input = rest;
                continue;
            };
            let (value, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
            into.push(cell(value, kind).ok_or(Malformed)?);
            input = rest;
        }
        into.end_row();
        if input.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// The length of the row at the beginning, if all of it is there; none at the trailer.
fn whole_row(input: &[u8]) -> Option<usize> {
    let fields = i16::from_be_bytes(*input.first_chunk()?);
    let mut at = 2;
    for _ in 0..u16::try_from(fields).ok()? {
        let length = i32::from_be_bytes(*input.get(at..)?.first_chunk()?);
        at += 4 + usize::try_from(length).unwrap_or(0);
    }
    (at <= input.len()).then_some(at)
}

fn cell(value: &[u8], kind: Kind) -> Option<Cell<'_>> {
    Some(match kind {
        Kind::Integer(8) => Cell::Integer(i64::from_be_bytes(value.try_into().ok()?)),
        Kind::Integer(4) => Cell::Integer(i32::from_be_bytes(value.try_into().ok()?).into()),
        Kind::Integer(2) => Cell::Integer(i16::from_be_bytes(value.try_into().ok()?).into()),
        Kind::Boolean => Cell::Integer(i64::from(*value.first()?)),
        Kind::Time => Cell::Integer(i64::from_be_bytes(value.try_into().ok()?).saturating_add(EPOCH)),
        Kind::Real => Cell::Real(f64::from_be_bytes(value.try_into().ok()?)),
        Kind::Text => Cell::Text(value),
        Kind::Bytes | Kind::Uuid => Cell::Blob(value),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::postgres::encode::{TRAILER, field};

    const KINDS: &[Kind] =
        &[Kind::Integer(8), Kind::Boolean, Kind::Time, Kind::Real, Kind::Text, Kind::Bytes, Kind::Uuid];

    type Values = (Option<i64>, bool, i64, f64, String, Vec<u8>, [u8; 16]);

    fn values() -> impl Strategy<Value = Values> {
        let time = -210_866_803_200_000_000..=i64::MAX;
        let text = any::<String>().prop_map(|text| text.replace('\0', ""));
        (any::<Option<i64>>(), any::<bool>(), time, any::<f64>(), text, vec(any::<u8>(), 0..50), any::<[u8; 16]>())
    }

    fn canonical(table: &[Values]) -> Rows {
        let mut rows = Rows::default();
        for (integer, boolean, time, real, text, bytes, uuid) in table {
            rows.push(integer.map_or(Cell::Null, Cell::Integer));
            rows.push(Cell::Integer(i64::from(*boolean)));
            rows.push(Cell::Integer(*time));
            rows.push(Cell::Real(*real));
            rows.push(Cell::Text(text.as_bytes()));
            rows.push(Cell::Blob(bytes));
            rows.push(Cell::Blob(uuid));
            rows.end_row();
        }
        rows
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_however_it_is_cut(table in vec(values(), 0..6), cut in 1_usize..90) {
            let rows = canonical(&table);
            let mut copy = HEADER.to_vec();
            for row in rows.iter() {
                copy.extend_from_slice(&7_i16.to_be_bytes());
                for (cell, &kind) in row.cells().zip(KINDS) {
                    field(cell, kind, &mut copy).unwrap();
                }
            }
            copy.extend_from_slice(TRAILER);
            let (mut decoder, mut decoded) = (Decoder::new(KINDS), Rows::default());
            for chunk in copy.chunks(cut) {
                decoder.feed(chunk, &mut decoded).unwrap();
            }
            let bytes = |rows: &Rows| rows.iter().map(|row| row.bytes().to_vec()).collect::<Vec<_>>();
            prop_assert_eq!(bytes(&decoded), bytes(&rows));
            prop_assert_eq!(decoder.rest, TRAILER);
        }
    }
}
