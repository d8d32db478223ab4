//! From a declared type and what a column really holds to a type of PostgreSQL.

use super::scan::Found;
use crate::{postgres::encode::Unfit, schema::Kind};

/// Integers that a double holds exactly.
const EXACT: i64 = 1 << 53;

/// What a column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// As PostgreSQL writes it.
    pub(super) sql: String,
    pub(super) kind: Kind,
    /// Why it is not what was declared.
    pub(super) note: Option<String>,
}

pub(super) fn is_json(declared: &str) -> bool {
    declared.to_ascii_uppercase().contains("JSON")
}

pub(super) fn is_moment(declared: &str) -> bool {
    let declared = declared.to_ascii_uppercase();
    declared.contains("DATE") || declared.contains("TIMESTAMP")
}

pub(super) fn is_decimal(declared: &str) -> bool {
    let declared = declared.to_ascii_uppercase();
    declared.contains("NUMERIC") || declared.contains("DECIMAL")
}

/// `\u0000`, and halves of characters, which `jsonb` refuses.
pub(super) fn unfit_json(text: &str) -> Option<Unfit> {
    let mut rest = text;
    let mut high = false;
    while let Some(at) = rest.find('\\') {
        let escape = &rest[at + 1..];
        let code = escape.strip_prefix('u').and_then(|hex| u16::from_str_radix(hex.get(..4)?, 16).ok());
        let adjacent = at == 0;
        if high && !(adjacent && code.is_some_and(|code| (0xdc00..0xe000).contains(&code))) {
            return Some(Unfit::NotUtf8);
        }
        match code {
            Some(0) => return Some(Unfit::Nul),
            Some(code) if !high && (0xdc00..0xe000).contains(&code) => return Some(Unfit::NotUtf8),
            _ => {}
        }
        high = !high && code.is_some_and(|code| (0xd800..0xdc00).contains(&code));
        rest = escape.get(if code.is_some() { 5 } else { 1 }..).unwrap_or_default();
    }
    high.then_some(Unfit::NotUtf8)
}

/// Chooses the type.
pub(super) fn choose(declared: &str, found: &Found, rowid: bool) -> Chosen {
    let upper = declared.to_ascii_uppercase();
    let plain = |sql: &str, kind| Chosen { sql: sql.to_owned(), kind, note: None };
    if rowid {
        return plain("bigint", Kind::Integer(8));
    }
    // SQLite turns the text of a number into a number where the type is called JSON.
    if is_json(declared) && found.values() > 0 && found.blobs == 0 && found.reals == 0 && found.all_json {
        return plain("jsonb", Kind::Jsonb);
    }
    let kinds = [found.integers > 0 || found.reals > 0, found.texts > 0, found.blobs > 0];
    if kinds.iter().filter(|held| **held).count() > 1 {
        let bytes = found.blobs > 0;
        let (sql, kind) = if bytes { ("bytea", Kind::Bytes) } else { ("text", Kind::Text) };
        let held = format!("{} numbers, {} texts, {} blobs", found.integers + found.reals, found.texts, found.blobs);
        return Chosen { note: Some(format!("it holds {held}, and became {sql}")), ..plain(sql, kind) };
    }
    if found.values() == 0 {
        return by_declaration(&upper);
    }
    if found.blobs > 0 {
        return plain("bytea", Kind::Bytes);
    }
    if found.texts > 0 { texts(&upper, found) } else { numbers(&upper, found) }
}

/// Nothing is there, so the declaration is all there is.
fn by_declaration(upper: &str) -> Chosen {
    let plain = |sql: &str, kind| Chosen { sql: sql.to_owned(), kind, note: None };
    match upper {
        _ if is_json(upper) => plain("jsonb", Kind::Jsonb),
        _ if upper.contains("BOOL") => plain("boolean", Kind::Boolean),
        _ if upper.contains("INT") => plain("bigint", Kind::Integer(8)),
        _ if ["CHAR", "CLOB", "TEXT"].iter().any(|word| upper.contains(word)) => texts(upper, &Found::default()),
        _ if upper.contains("BLOB") => plain("bytea", Kind::Bytes),
        _ if ["REAL", "FLOA", "DOUB"].iter().any(|word| upper.contains(word)) => plain("double precision", Kind::Real),
        "DATE" => plain("date", Kind::Date),
        _ if is_moment(upper) => plain("timestamp", Kind::Timestamp),
        _ if is_decimal(upper) => numeric(upper, &Found::default()),
        _ => plain("text", Kind::Text),
    }
}

fn texts(upper: &str, found: &Found) -> Chosen {
    let plain = |sql: &str, kind| Chosen { sql: sql.to_owned(), kind, note: None };
    if is_moment(upper) && found.texts > 0 {
        if found.all_dates {
            return plain("date", Kind::Date);
        }
        if found.all_timestamps {
            return plain("timestamp", Kind::Timestamp);
        }
    }
    let textual = ["CHAR", "CLOB", "TEXT"].iter().any(|word| upper.contains(word)) || upper.is_empty();
    if let Some(length) =
        arguments(upper).first().filter(|length| upper.contains("CHAR") && found.longest <= **length && **length > 0)
    {
        return plain(&format!("varchar({length})"), Kind::Text);
    }
    let note = (!textual).then(|| format!("it is declared {upper}, holds text, and became text"));
    Chosen { note, ..plain("text", Kind::Text) }
}

fn numbers(upper: &str, found: &Found) -> Chosen {
    let plain = |sql: &str, kind| Chosen { sql: sql.to_owned(), kind, note: None };
    let only_integers = found.reals == 0;
    if upper.contains("BOOL") && only_integers && found.smallest >= 0 && found.largest <= 1 {
        return plain("boolean", Kind::Boolean);
    }
    if is_decimal(upper) {
        return numeric(upper, found);
    }
    let real = ["REAL", "FLOA", "DOUB"].iter().any(|word| upper.contains(word));
    if only_integers && !real {
        return plain("bigint", Kind::Integer(8));
    }
    if found.integers > 0 && (found.smallest < -EXACT || found.largest > EXACT) {
        let note = Some("it holds integers that no double holds exactly, and became numeric".to_owned());
        return Chosen { note, ..plain("numeric", Kind::Numeric) };
    }
    let note =
        upper.contains("INT").then(|| format!("it is declared {upper}, holds fractions, and became double precision"));
    Chosen { note, ..plain("double precision", Kind::Real) }
}

/// With precision and scale where every value fits into them unchanged.
fn numeric(upper: &str, found: &Found) -> Chosen {
    let plain = |sql: &str| Chosen { sql: sql.to_owned(), kind: Kind::Numeric, note: None };
    match arguments(upper)[..] {
        [precision, scale] if found.digits.1 <= scale && found.digits.0 + scale <= precision && precision <= 1000 => {
            plain(&format!("numeric({precision}, {scale})"))
        }
        [precision] if found.digits.1 == 0 && found.digits.0 <= precision && precision <= 1000 => {
            plain(&format!("numeric({precision})"))
        }
        [] => plain("numeric"),
        _ => Chosen { note: Some(format!("not every value fits into {upper}; it became numeric")), ..plain("numeric") },
    }
}

/// `VARCHAR(20)` has 20.
fn arguments(upper: &str) -> Vec<usize> {
    let inside = upper.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    inside.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}

/// `2027-01-31` as days since 2000-01-01.
pub(crate) fn date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| -> Option<i64> {
        let part = bytes.get(from..to)?;
        part.iter().all(u8::is_ascii_digit).then(|| text[from..to].parse().ok()).flatten()
    };
    let shape = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !shape || year == 0 || !(1..=12).contains(&month) || !(1..=length).contains(&day) {
        return None;
    }
    // Days from civil (Howard Hinnant's algorithm): years begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (y / 400, y % 400);
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1;
    i32::try_from(days - 730_425).ok()
}

/// `2027-01-31 12:34`, with seconds and up to six digits of a fraction, `T` for the space, as microseconds since 2000.
pub(crate) fn timestamp(text: &str) -> Option<i64> {
    let days = date(text.get(..10)?)?;
    let rest = text.get(10..)?.strip_prefix([' ', 'T'])?;
    let (time, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let number =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i64>().ok());
    let mut parts = time.split(':');
    let (hour, minute) = (number(parts.next()?)??, number(parts.next()?)??);
    let seconds = parts.next();
    let second = seconds.map_or(Some(0), |part| number(part).flatten())?;
    let cut = fraction.len() > 6 || !fraction.bytes().all(|b| b.is_ascii_digit()) || rest.ends_with('.');
    let odd = parts.next().is_some() || cut || (seconds.is_none() && !fraction.is_empty());
    if hour > 23 || minute > 59 || second > 59 || odd {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(((i64::from(days) * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_postgresql_counts() {
        assert_eq!(date("2000-01-01"), Some(0));
        assert_eq!(date("1970-01-01"), Some(-10_957));
        assert_eq!(date("2024-02-29"), Some(8825));
        assert_eq!(timestamp("2000-01-01 00:00:01.5"), Some(1_500_000));
        assert_eq!(timestamp("1999-12-31T23:59"), Some(-60_000_000));
        for text in ["2023-02-29", "2000-13-01", "0000-01-01", "2000-1-1", "2000-01-01x", "x"] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in [
            "2000-01-01",
            "2000-01-01 24:00",
            "2000-01-01 00:00:00Z",
            "2000-01-01 00:00:00.1234567",
            "2000-01-01 00:00.",
        ] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn jsonb_refuses_halves_and_nul() {
        assert_eq!(unfit_json(r#""\u0000""#), Some(Unfit::Nul));
        assert_eq!(unfit_json(r#""\ud800""#), Some(Unfit::NotUtf8));
        assert_eq!(unfit_json(r#""\udc00""#), Some(Unfit::NotUtf8));
        assert_eq!(unfit_json(r#""\ud83c\udf09 \\u0000 \n""#), None);
        assert_eq!(unfit_json(r#""\ud83cx\udf09""#), Some(Unfit::NotUtf8));
    }
}
