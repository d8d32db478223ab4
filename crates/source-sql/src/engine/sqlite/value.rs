//! Values of SQLite: into statements and into JSON.

use rusqlite::{
    Result, ToSql,
    types::{ToSqlOutput, Value, ValueRef},
};
use serde_json::value::RawValue;

use super::columns::Declared;
use crate::{
    output::{write_bytes, write_float, write_integer, write_json_list, write_str},
    parameters::{Datum, Kind},
};

/// A value to bind, with the kind of its parameter.
pub(super) struct Bound<'a>(pub(super) &'a Datum, pub(super) Kind);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Datum::Null => ToSqlOutput::Owned(Value::Null),
            Datum::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Datum::Number(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Datum::Boolean(value) => ToSqlOutput::Owned(Value::Integer((*value).into())),
            Datum::Text(text) if self.1 == Kind::Decimal => ToSqlOutput::Owned(number(text)),
            Datum::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Datum::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            // A list as a whole is JSON, for `json_each(:ids)`.
            Datum::List(items) => ToSqlOutput::Owned(Value::Text(write_json_list(items))),
        })
    }
}

/// SQLite keeps decimals as integers or reals, and so compares them with one.
fn number(text: &str) -> Value {
    if let Ok(integer) = text.parse() {
        return Value::Integer(integer);
    }
    text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Real)
}

/// Writes a value as JSON.
pub(super) fn write(out: &mut Vec<u8>, value: ValueRef<'_>, declared: Declared) {
    match value {
        ValueRef::Null => out.extend_from_slice(b"null"),
        ValueRef::Integer(value) => match declared {
            Declared::Boolean if value == 0 => out.extend_from_slice(b"false"),
            Declared::Boolean if value == 1 => out.extend_from_slice(b"true"),
            Declared::Decimal => write_str(out, &value.to_string()),
            _ => write_integer(out, value),
        },
        ValueRef::Real(value) if declared == Declared::Decimal => write_str(out, &value.to_string()),
        ValueRef::Real(value) => write_float(out, value),
        // A text that is no UTF-8 is shown as what it is: bytes.
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => write_text(out, text, declared),
            Err(_) => write_bytes(out, bytes),
        },
        ValueRef::Blob(bytes) => write_bytes(out, bytes),
    }
}

fn write_text(out: &mut Vec<u8>, text: &str, declared: Declared) {
    match declared {
        Declared::Json if serde_json::from_str::<&RawValue>(text).is_ok() => out.extend_from_slice(text.as_bytes()),
        Declared::Timestamp if is_sqlite_datetime(text.as_bytes()) => {
            write_str(out, &format!("{}T{}", &text[..10], &text[11..]));
        }
        _ => write_str(out, text),
    }
}

/// `2026-01-31 12:00…`, as SQLite's `datetime()` writes it.
fn is_sqlite_datetime(text: &[u8]) -> bool {
    text.len() >= 16
        && text.is_ascii()
        && text[10] == b' '
        && text.iter().take(16).enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => *byte == b' ',
            13 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
}
