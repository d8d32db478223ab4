//! Text that PostgreSQL cannot hold, and what becomes of it.

use std::str::FromStr;

use super::types::unfit_json;
use crate::{postgres::encode, rows::Cell, schema::Kind};

/// What becomes of text with NUL or invalid UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnfit {
    /// `\u0000` for NUL and `\xNN` for each byte that is no UTF-8, so that a person sees what was there.
    Escape,
    /// The whole column becomes `bytea`, byte by byte as it was.
    Bytea,
    /// The row is left out.
    Skip,
}

impl FromStr for OnUnfit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "escape" => Ok(Self::Escape),
            "bytea" => Ok(Self::Bytea),
            "skip" => Ok(Self::Skip),
            _ => Err("one of escape, bytea and skip".to_owned()),
        }
    }
}

/// Whether PostgreSQL can hold a value in a column of this kind.
pub(super) fn fits(cell: Cell<'_>, kind: Kind) -> bool {
    match (cell, kind) {
        (Cell::Text(text), Kind::Text) => encode::text(text).is_ok(),
        (Cell::Text(text), Kind::Jsonb) => {
            encode::text(text).is_ok_and(|text| unfit_json(std::str::from_utf8(text).unwrap_or_default()).is_none())
        }
        _ => true,
    }
}

/// The text that is written instead.
pub(super) fn escaped(text: &[u8], kind: Kind) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().replace('\0', "\\u0000").as_bytes());
        chunk.invalid().iter().for_each(|byte| out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()));
    }
    if kind == Kind::Jsonb { escape_json(&String::from_utf8_lossy(&out)).into_bytes() } else { out }
}

/// In JSON the escape itself is escaped: `\u0000` becomes `\\u0000`, which reads `\u0000`.
fn escape_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        let (escape, after) = escape.split_at(escape_length(escape));
        out.push_str(before);
        if unfit_json(escape).is_some() {
            out.push('\\');
        }
        out.push_str(escape);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// How long the escape is that `json` begins with; both halves of a character are one.
fn escape_length(json: &str) -> usize {
    let half = json.get(..6).is_some_and(|half| unfit_json(half).is_some());
    if half && json.get(..12).is_some_and(|pair| unfit_json(pair).is_none()) {
        return 12;
    }
    if json[1..].starts_with('u') { 6 } else { 2 }.min(json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sees_what_was_there() {
        assert_eq!(escaped(b"a\0b\xc3\x28", Kind::Text), br"a\u0000b\xc3(");
        let json = escaped(br#"{"a":"\u0000 \ud800 \ud83c\udf09 \n"}"#, Kind::Jsonb);
        assert_eq!(std::str::from_utf8(&json).unwrap(), r#"{"a":"\\u0000 \\ud800 \ud83c\udf09 \n"}"#);
        assert!(fits(Cell::Text(&json), Kind::Jsonb));
        let json = escaped(r#"{"a":"\n漢字漢字 \u0000 \ud800\ud83c\udf09"}"#.as_bytes(), Kind::Jsonb);
        assert_eq!(std::str::from_utf8(&json).unwrap(), r#"{"a":"\n漢字漢字 \\u0000 \\ud800\ud83c\udf09"}"#);
    }
}
