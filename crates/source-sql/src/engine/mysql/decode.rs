//! From MySQL's binary protocol to JSON
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).

use sqlx::{MySql, Type, TypeInfo, mysql::MySqlTypeInfo};

use crate::output::{Json, write_bytes, write_date, write_float, write_integer, write_str, write_time, write_unsigned};

const MICROS_PER_SECOND: u64 = 1_000_000;

/// How the values of a type are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoder {
    /// `TINYINT(1)`, as which `BOOLEAN` is stored.
    Boolean,
    Integer,
    BigInteger,
    Unsigned,
    Float,
    Double,
    Decimal,
    Text,
    Bytes,
    Bit,
    Date,
    Datetime,
    /// Stored as an instant, and read in UTC.
    Timestamp,
    Time,
    Json,
    Null,
}

impl Decoder {
    /// The decoder of a type. MariaDB's JSON columns are text to the protocol, and stay text.
    pub(super) fn of(info: &MySqlTypeInfo) -> Self {
        match info.name() {
            "BOOLEAN" => Self::Boolean,
            "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" => Self::Integer,
            "TINYINT UNSIGNED" | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" | "BIGINT UNSIGNED"
            | "YEAR" => Self::Unsigned,
            "BIGINT" => Self::BigInteger,
            "FLOAT" => Self::Float,
            "DOUBLE" => Self::Double,
            "DECIMAL" => Self::Decimal,
            "BIT" => Self::Bit,
            "DATE" => Self::Date,
            "DATETIME" => Self::Datetime,
            "TIMESTAMP" => Self::Timestamp,
            "TIME" => Self::Time,
            "JSON" => Self::Json,
            "NULL" => Self::Null,
            "SET" | "ENUM" => Self::Text,
            _ if <str as Type<MySql>>::compatible(info) => Self::Text,
            _ => Self::Bytes,
        }
    }

    /// What the values look like.
    pub(super) const fn json(self) -> Json {
        match self {
            Self::Boolean => Json::BooleanOrOther,
            Self::Integer => Json::Integer,
            Self::BigInteger | Self::Unsigned | Self::Bit => Json::BigInteger,
            Self::Float | Self::Double => Json::Number,
            Self::Decimal => Json::Decimal,
            Self::Text => Json::Text,
            Self::Bytes => Json::Bytes,
            Self::Date => Json::Date,
            Self::Datetime | Self::Timestamp => Json::Timestamp,
            Self::Time => Json::Time,
            Self::Json | Self::Null => Json::Any,
        }
    }

    /// Writes a value; `None` if the bytes are not what the type promises.
    pub(super) fn write(self, out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
        match self {
            Self::Boolean => match signed(bytes)? {
                0 => out.extend_from_slice(b"false"),
                1 => out.extend_from_slice(b"true"),
                other => write_integer(out, other),
            },
            Self::Integer | Self::BigInteger => write_integer(out, signed(bytes)?),
            Self::Unsigned => write_unsigned(out, unsigned(bytes.iter().rev())?),
            Self::Bit => write_unsigned(out, unsigned(bytes.iter())?),
            Self::Float => write_float4(out, f32::from_le_bytes(bytes.try_into().ok()?)),
            Self::Double => write_float(out, f64::from_le_bytes(bytes.try_into().ok()?)),
            Self::Decimal | Self::Text => write_str(out, std::str::from_utf8(bytes).ok()?),
            Self::Bytes => write_bytes(out, bytes),
            Self::Date => in_quotes(out, |out| write_day(out, bytes))?,
            Self::Datetime => in_quotes(out, |out| write_datetime(out, bytes, ""))?,
            Self::Timestamp => in_quotes(out, |out| write_datetime(out, bytes, "Z"))?,
            Self::Time => in_quotes(out, |out| write_span(out, bytes))?,
            Self::Json => out.extend_from_slice(bytes),
            Self::Null => out.extend_from_slice(b"null"),
        }
        Some(())
    }
}

fn in_quotes<T>(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    out.push(b'"');
    let result = write(out);
    out.push(b'"');
    result
}

/// The shortest digits that are this `f32`, not those of the same `f64`.
fn write_float4(out: &mut Vec<u8>, value: f32) {
    let written = serde_json::to_writer(out, &value);
    debug_assert!(written.is_ok(), "a Vec takes everything");
}

fn signed(bytes: &[u8]) -> Option<i64> {
    Some(match *bytes {
        [one] => i64::from(one.cast_signed()),
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]).into(),
        _ => i64::from_le_bytes(bytes.try_into().ok()?),
    })
}

/// From the most significant byte to the least.
fn unsigned<'a>(bytes: impl ExactSizeIterator<Item = &'a u8>) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

/// A length byte, then as much as is not zero: date, time, microseconds.
fn write_day(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let date = bytes.get(1..5)?;
    write_date(out, u16::from_le_bytes([date[0], date[1]]).into(), date[2].into(), date[3].into());
    Some(())
}

fn write_datetime(out: &mut Vec<u8>, bytes: &[u8], zone: &str) -> Option<()> {
    write_day(out, bytes)?;
    out.push(b'T');
    write_time(out, clock(bytes.get(5..8), bytes.get(8..12)));
    out.extend_from_slice(zone.as_bytes());
    Some(())
}

/// A length byte, the sign, days, and a time: up to 838 hours, also below zero.
fn write_span(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let days = match bytes.get(1..6) {
        Some(head) => {
            if head[0] != 0 {
                out.push(b'-');
            }
            u32::from_le_bytes(head[1..5].try_into().ok()?)
        }
        None => 0,
    };
    write_time(out, u64::from(days) * 86_400 * MICROS_PER_SECOND + clock(bytes.get(6..9), bytes.get(9..13)));
    Some(())
}

/// Microseconds since midnight.
fn clock(time: Option<&[u8]>, micros: Option<&[u8]>) -> u64 {
    let seconds = time.map_or(0, |time| u64::from(time[0]) * 3600 + u64::from(time[1]) * 60 + u64::from(time[2]));
    let micros = micros.and_then(|micros| micros.try_into().ok()).map_or(0, u32::from_le_bytes);
    seconds * MICROS_PER_SECOND + u64::from(micros)
}
