//! How values of databases are written as JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::parameters::Datum;

/// The largest integer that every JSON reader keeps exactly (RFC 8259, section 6).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// What a column's values look like in JSON, NULL aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// Anything.
    Any,
    /// An integer within ±(2^53−1).
    Integer,
    /// An integer, as a string beyond ±(2^53−1).
    BigInteger,
    /// A number that is always finite.
    Number,
    /// A number; `"NaN"`, `"Infinity"` and `"-Infinity"` are strings.
    Float,
    /// A number, or what else SQLite keeps in a numeric column: text, or bytes as base64.
    NumberOrText,
    /// As [`Json::NumberOrText`], where 0 and 1 are truth values.
    BooleanOrOther,
    /// Digits in a string.
    Decimal,
    /// Text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// Base64.
    Bytes,
    /// `2026-01-31`, or what the database has beyond the calendar: `infinity`, a year of five digits, BC.
    Date,
    /// `12:00:00`.
    Time,
    /// `2026-01-31T12:00:00`, with `Z` if the database knows the instant.
    Timestamp,
    /// An ISO 8601 duration: `P1DT2H`.
    Interval,
    /// A UUID.
    Uuid,
    /// An array.
    Array,
}

impl Json {
    /// The JSON types; none if anything is possible.
    pub(super) const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Any => &[],
            Self::Integer => &["integer"],
            Self::BigInteger => &["integer", "string"],
            Self::Number => &["number"],
            Self::Float | Self::NumberOrText => &["number", "string"],
            Self::BooleanOrOther => &["boolean", "number", "string"],
            Self::Boolean => &["boolean"],
            Self::Array => &["array"],
            Self::Decimal
            | Self::Text
            | Self::Bytes
            | Self::Date
            | Self::Time
            | Self::Timestamp
            | Self::Interval
            | Self::Uuid => &["string"],
        }
    }

    /// What else the schema says.
    pub(super) const fn annotation(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Bytes => Some(("contentEncoding", "base64")),
            Self::Uuid => Some(("format", "uuid")),
            Self::Decimal => Some(("$comment", "a decimal number")),
            Self::Date => Some(("$comment", "a date, ISO 8601")),
            Self::Time => Some(("$comment", "a time of day, ISO 8601")),
            Self::Timestamp => Some(("$comment", "a date and time, ISO 8601")),
            Self::Interval => Some(("$comment", "a duration, ISO 8601")),
            _ => None,
        }
    }
}

/// Writes a string.
pub(crate) fn write_str(out: &mut Vec<u8>, text: &str) {
    // A `Vec` takes everything, and text always has a JSON form.
    let written = serde_json::to_writer(out, text);
    debug_assert!(written.is_ok());
}

/// Writes an integer; beyond ±(2^53−1) as a string.
pub(crate) fn write_integer(out: &mut Vec<u8>, value: i64) {
    if value.unsigned_abs() > MAX_SAFE {
        quoted(out, &value.to_string());
    } else {
        let written = serde_json::to_writer(out, &value);
        debug_assert!(written.is_ok());
    }
}

/// As [`write_integer`].
pub(crate) fn write_unsigned(out: &mut Vec<u8>, value: u64) {
    if value > MAX_SAFE {
        quoted(out, &value.to_string());
    } else {
        let written = serde_json::to_writer(out, &value);
        debug_assert!(written.is_ok());
    }
}

/// Writes a number; NaN and the infinities, which JSON does not have, as strings.
pub(crate) fn write_float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        let written = serde_json::to_writer(out, &value);
        debug_assert!(written.is_ok());
    } else if value.is_nan() {
        quoted(out, "NaN");
    } else {
        quoted(out, if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
}

/// Writes bytes as base64.
pub(crate) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    quoted(out, &STANDARD.encode(bytes));
}

/// A list of single values as JSON, for the JSON functions of SQLite and MySQL.
pub(crate) fn write_json_list(items: &[Datum]) -> String {
    let mut out = vec![b'['];
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        match item {
            Datum::Null | Datum::List(_) => out.extend_from_slice(b"null"),
            // Not `write_integer`: databases read all 64 bits.
            Datum::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Datum::Number(value) => write_float(&mut out, *value),
            Datum::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Datum::Text(text) => write_str(&mut out, text),
            Datum::Bytes(bytes) => write_bytes(&mut out, bytes),
        }
    }
    out.push(b']');
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes text that needs no escapes.
fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers_that_javascript_would_change_are_strings() {
        assert_eq!(written(|out| write_integer(out, 9_007_199_254_740_991)), "9007199254740991");
        assert_eq!(written(|out| write_integer(out, 9_007_199_254_740_992)), "\"9007199254740992\"");
        assert_eq!(written(|out| write_integer(out, -9_007_199_254_740_991)), "-9007199254740991");
        assert_eq!(written(|out| write_integer(out, i64::MIN)), "\"-9223372036854775808\"");
        assert_eq!(written(|out| write_unsigned(out, u64::MAX)), "\"18446744073709551615\"");
    }

    #[test]
    fn numbers_that_json_does_not_have_are_strings() {
        assert_eq!(written(|out| write_float(out, 0.1)), "0.1");
        assert_eq!(written(|out| write_float(out, f64::NAN)), "\"NaN\"");
        assert_eq!(written(|out| write_float(out, f64::NEG_INFINITY)), "\"-Infinity\"");
    }
}
