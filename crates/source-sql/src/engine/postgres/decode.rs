//! From PostgreSQL's binary format to JSON
//! (<https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES>; the formats themselves are
//! those of the `…send` functions).

use std::io::Write;

use sqlx::postgres::{PgTypeInfo, PgTypeKind};

use super::{array, network, numeric};
use crate::output::{
    Json, civil, write_bytes, write_date, write_duration, write_float, write_integer, write_str, write_time,
};

/// Days from 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
const EPOCH_DAYS: i64 = 10_957;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// How the values of a type are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decoder {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Text,
    Bytea,
    Numeric,
    Uuid,
    Network,
    Json,
    Jsonb,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Array(Box<Decoder>),
}

impl Decoder {
    /// The decoder of a type; `None` if its values must be cast to text in the database.
    pub(super) fn of(info: &PgTypeInfo) -> Option<Self> {
        match info.kind() {
            PgTypeKind::Array(element) => return Self::of(element).map(|element| Self::Array(Box::new(element))),
            PgTypeKind::Domain(base) => return Self::of(base),
            PgTypeKind::Enum(_) => return Some(Self::Text),
            PgTypeKind::Composite(_) | PgTypeKind::Range(_) => return None,
            PgTypeKind::Simple | PgTypeKind::Pseudo => {}
        }
        // By OID, because a type of the user's own may have any name; these are of PostgreSQL's `pg_type.dat`.
        Some(match info.oid()?.0 {
            16 => Self::Bool,
            17 => Self::Bytea,
            18 | 19 | 25 | 705 | 1042 | 1043 | 142 => Self::Text,
            20 => Self::Int8,
            21 => Self::Int2,
            23 => Self::Int4,
            26 => Self::Oid,
            114 => Self::Json,
            650 | 869 => Self::Network,
            700 => Self::Float4,
            701 => Self::Float8,
            1082 => Self::Date,
            1083 => Self::Time,
            1114 => Self::Timestamp,
            1184 => Self::TimestampTz,
            1186 => Self::Interval,
            1266 => Self::TimeTz,
            1700 => Self::Numeric,
            2950 => Self::Uuid,
            3802 => Self::Jsonb,
            _ => return None,
        })
    }

    /// What a type without a decoder is cast to.
    pub(super) fn cast(info: &PgTypeInfo) -> &'static str {
        if matches!(info.kind(), PgTypeKind::Array(_)) { "text[]" } else { "text" }
    }

    /// What the values look like.
    pub(super) const fn json(&self) -> Json {
        match self {
            Self::Bool => Json::Boolean,
            Self::Int2 | Self::Int4 | Self::Oid => Json::Integer,
            Self::Int8 => Json::BigInteger,
            Self::Float4 | Self::Float8 => Json::Float,
            Self::Text | Self::Network => Json::Text,
            Self::Bytea => Json::Bytes,
            Self::Numeric => Json::Decimal,
            Self::Uuid => Json::Uuid,
            Self::Json | Self::Jsonb => Json::Any,
            Self::Date => Json::Date,
            Self::Time | Self::TimeTz => Json::Time,
            Self::Timestamp | Self::TimestampTz => Json::Timestamp,
            Self::Interval => Json::Interval,
            Self::Array(_) => Json::Array,
        }
    }

    /// Writes a value; `None` if the bytes are not what the type promises.
    pub(super) fn write(&self, out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
        match self {
            Self::Bool => out.extend_from_slice(if *bytes.first()? == 0 { b"false" } else { b"true" }),
            Self::Int2 => write_integer(out, i16::from_be_bytes(bytes.try_into().ok()?).into()),
            Self::Int4 => write_integer(out, i32::from_be_bytes(bytes.try_into().ok()?).into()),
            Self::Int8 => write_integer(out, i64::from_be_bytes(bytes.try_into().ok()?)),
            Self::Oid => write_integer(out, u32::from_be_bytes(bytes.try_into().ok()?).into()),
            Self::Float4 => write_float4(out, f32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Float8 => write_float(out, f64::from_be_bytes(bytes.try_into().ok()?)),
            Self::Text => write_str(out, std::str::from_utf8(bytes).ok()?),
            Self::Bytea => write_bytes(out, bytes),
            Self::Numeric => numeric::write(out, bytes)?,
            Self::Uuid => write_str(out, &uuid::Uuid::from_slice(bytes).ok()?.to_string()),
            Self::Network => network::write(out, bytes)?,
            Self::Json => out.extend_from_slice(bytes),
            // The first byte is the version.
            Self::Jsonb => out.extend_from_slice(bytes.split_first()?.1),
            Self::Date => write_quoted_date(out, i32::from_be_bytes(bytes.try_into().ok()?)),
            Self::Time => in_quotes(out, |out| write_micros(out, bytes))?,
            Self::TimeTz => write_timetz(out, bytes)?,
            Self::Timestamp => write_timestamp(out, i64::from_be_bytes(bytes.try_into().ok()?), ""),
            Self::TimestampTz => write_timestamp(out, i64::from_be_bytes(bytes.try_into().ok()?), "Z"),
            Self::Interval => write_interval(out, bytes)?,
            Self::Array(element) => array::write(out, bytes, element)?,
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
    if value.is_finite() {
        let written = serde_json::to_writer(out, &value);
        debug_assert!(written.is_ok(), "a Vec takes everything");
    } else {
        write_float(out, value.into());
    }
}

fn write_micros(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    write_time(out, i64::from_be_bytes(bytes.get(..8)?.try_into().ok()?).unsigned_abs());
    Some(())
}

fn write_quoted_date(out: &mut Vec<u8>, days: i32) {
    in_quotes(out, |out| match days {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => {
            let (year, month, day) = civil(i64::from(days) + EPOCH_DAYS);
            write_date(out, year, month, day);
        }
    });
}

fn write_timestamp(out: &mut Vec<u8>, micros: i64, zone: &str) {
    in_quotes(out, |out| match micros {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        micros => {
            let (year, month, day) = civil(micros.div_euclid(MICROS_PER_DAY) + EPOCH_DAYS);
            write_date(out, year, month, day);
            out.push(b'T');
            write_time(out, micros.rem_euclid(MICROS_PER_DAY).unsigned_abs());
            out.extend_from_slice(zone.as_bytes());
        }
    });
}

/// A time of day with its offset, which is sent as seconds *west* of UTC.
fn write_timetz(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let west = i32::from_be_bytes(bytes.get(8..12)?.try_into().ok()?);
    in_quotes(out, |out| {
        write_micros(out, bytes)?;
        let size = west.unsigned_abs();
        let sign = if west > 0 { '-' } else { '+' };
        write!(out, "{sign}{:02}:{:02}", size / 3600, size / 60 % 60).ok()?;
        if size % 60 != 0 {
            write!(out, ":{:02}", size % 60).ok()?;
        }
        Some(())
    })
}

fn write_interval(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let micros = i64::from_be_bytes(bytes.get(..8)?.try_into().ok()?);
    let days = i32::from_be_bytes(bytes.get(8..12)?.try_into().ok()?);
    let months = i32::from_be_bytes(bytes.get(12..16)?.try_into().ok()?);
    in_quotes(out, |out| match (months, days, micros) {
        // PostgreSQL 17 and later.
        (i32::MAX, i32::MAX, i64::MAX) => out.extend_from_slice(b"infinity"),
        (i32::MIN, i32::MIN, i64::MIN) => out.extend_from_slice(b"-infinity"),
        _ => write_duration(out, months, days, micros),
    });
    Some(())
}
