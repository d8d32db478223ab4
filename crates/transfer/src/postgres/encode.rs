//! A value in the format of binary `COPY` (PostgreSQL's manual, section "COPY", "Binary Format").

use super::numeric;
use crate::{
    auto::{date, timestamp},
    rows::Cell,
    schema::Kind,
};

/// 2000-01-01T00:00:00Z, from which PostgreSQL counts, in microseconds since 1970.
pub(super) const EPOCH: i64 = 946_684_800_000_000;
/// The first moment that `timestamptz` holds, 4714-11-24 BC, in microseconds since 1970; its last one lies behind the last
/// that fits here.
const FIRST: i64 = -210_866_803_200_000_000;

/// What binary `COPY` begins with: a signature, flags, the length of an extension.
pub(crate) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub(crate) const TRAILER: &[u8] = &[0xff, 0xff];
/// The longest value; a row may not be longer than this either, but that is for the server to say.
const LONGEST: usize = 0x3fff_ffff;

/// Why a value does not fit into its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// PostgreSQL's text cannot hold it.
    #[error("the text contains the character NUL")]
    Nul,
    /// Bytes that are no text.
    #[error("the text is not valid UTF-8")]
    NotUtf8,
    /// Outside of what the type holds.
    #[error("the value lies outside of what the type holds")]
    Range,
    /// Something else than the column's type says.
    #[error("the value is of another type than its column")]
    Type,
    /// Beyond a gibibyte.
    #[error("the value is longer than 1 GiB")]
    TooLong,
}

/// Appends a field: its length, then the value.
pub(crate) fn field(cell: Cell<'_>, kind: Kind, into: &mut Vec<u8>) -> Result<(), Unfit> {
    match (cell, kind) {
        (Cell::Null, _) => into.extend_from_slice(&(-1_i32).to_be_bytes()),
        (Cell::Integer(value), Kind::Integer(8)) => fixed(value.to_be_bytes(), into),
        (Cell::Integer(value), Kind::Integer(4)) => {
            fixed(i32::try_from(value).map_err(|_| Unfit::Range)?.to_be_bytes(), into);
        }
        (Cell::Integer(value), Kind::Integer(2)) => {
            fixed(i16::try_from(value).map_err(|_| Unfit::Range)?.to_be_bytes(), into);
        }
        (Cell::Integer(value @ (0 | 1)), Kind::Boolean) => fixed([u8::from(value == 1)], into),
        (Cell::Integer(value), Kind::Time) if value >= FIRST => fixed((value - EPOCH).to_be_bytes(), into),
        (Cell::Integer(_), Kind::Boolean | Kind::Time) => return Err(Unfit::Range),
        (Cell::Real(value), Kind::Real) => fixed(value.to_be_bytes(), into),
        (Cell::Text(bytes), Kind::Text) => long(text(bytes)?, into)?,
        (Cell::Blob(bytes), Kind::Bytes) => long(bytes, into)?,
        (Cell::Blob(bytes), Kind::Uuid) => fixed::<16>(bytes.try_into().map_err(|_| Unfit::Range)?, into),
        (Cell::Integer(value), Kind::Numeric) => long(&numeric::from_text(&value.to_string()), into)?,
        (Cell::Real(value), Kind::Numeric) => long(&numeric::from_real(value), into)?,
        (Cell::Text(text), Kind::Date) => fixed(moment(text, date)?.to_be_bytes(), into),
        (Cell::Text(text), Kind::Timestamp) => fixed(moment(text, timestamp)?.to_be_bytes(), into),
        (Cell::Text(bytes), Kind::Jsonb) => {
            // The version of the format, then text.
            long(&[&[1], text(bytes)?].concat(), into)?;
        }
        _ => return Err(Unfit::Type),
    }
    Ok(())
}

fn moment<T>(text: &[u8], read: fn(&str) -> Option<T>) -> Result<T, Unfit> {
    std::str::from_utf8(text).ok().and_then(read).ok_or(Unfit::Range)
}

/// Bytes that PostgreSQL takes as text.
pub(crate) fn text(bytes: &[u8]) -> Result<&[u8], Unfit> {
    if bytes.contains(&0) {
        return Err(Unfit::Nul);
    }
    std::str::from_utf8(bytes).map(str::as_bytes).map_err(|_| Unfit::NotUtf8)
}

pub(crate) fn fixed<const N: usize>(bytes: [u8; N], into: &mut Vec<u8>) {
    into.extend_from_slice(&i32::try_from(N).unwrap_or_default().to_be_bytes());
    into.extend_from_slice(&bytes);
}

pub(crate) fn long(bytes: &[u8], into: &mut Vec<u8>) -> Result<(), Unfit> {
    let length = i32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST).ok_or(Unfit::TooLong)?;
    into.extend_from_slice(&length.to_be_bytes());
    into.extend_from_slice(bytes);
    Ok(())
}
