//! Dates, times and durations in ISO 8601, without quotes.

use std::io::Write;

const MICROS_PER_SECOND: u64 = 1_000_000;

/// Writes a date; years beyond four digits with a sign, and those before 1 as ISO 8601 counts them (0 is 1 BC).
pub(crate) fn write_date(out: &mut Vec<u8>, year: i64, month: u32, day: u32) {
    let written = match year {
        0..=9999 => write!(out, "{year:04}-{month:02}-{day:02}"),
        10_000.. => write!(out, "+{year}-{month:02}-{day:02}"),
        _ => write!(out, "-{:04}-{month:02}-{day:02}", year.unsigned_abs()),
    };
    debug_assert!(written.is_ok(), "a Vec takes everything");
}

/// Writes a time of day, or a time beyond 24 hours.
pub(crate) fn write_time(out: &mut Vec<u8>, micros: u64) {
    let seconds = micros / MICROS_PER_SECOND;
    let written = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    debug_assert!(written.is_ok(), "a Vec takes everything");
    write_fraction(out, micros % MICROS_PER_SECOND);
}

/// Writes `.5` for 500,000 microseconds, and nothing for none.
fn write_fraction(out: &mut Vec<u8>, micros: u64) {
    if micros > 0 {
        let digits = format!("{micros:06}");
        out.push(b'.');
        out.extend_from_slice(digits.trim_end_matches('0').as_bytes());
    }
}

/// Writes a duration. Each part has its own sign, as in PostgreSQL's `iso_8601` style.
pub(crate) fn write_duration(out: &mut Vec<u8>, months: i32, days: i32, micros: i64) {
    out.push(b'P');
    let mut part = |value: i64, unit: char| {
        if value != 0 {
            let written = write!(out, "{value}{unit}");
            debug_assert!(written.is_ok(), "a Vec takes everything");
        }
    };
    part((months / 12).into(), 'Y');
    part((months % 12).into(), 'M');
    part(days.into(), 'D');
    if micros == 0 {
        if months == 0 && days == 0 {
            out.extend_from_slice(b"T0S");
        }
        return;
    }
    let size = micros.unsigned_abs();
    let sign = if micros < 0 { "-" } else { "" };
    let seconds = size / MICROS_PER_SECOND;
    out.push(b'T');
    for (value, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
        if value != 0 {
            out.extend_from_slice(format!("{sign}{value}{unit}").as_bytes());
        }
    }
    if !size.is_multiple_of(60 * MICROS_PER_SECOND) {
        out.extend_from_slice(format!("{sign}{}", seconds % 60).as_bytes());
        write_fraction(out, size % MICROS_PER_SECOND);
        out.push(b'S');
    }
}

/// The calendar date of a day, counted from 1970-01-01, in the proleptic Gregorian calendar.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(crate) fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or_default(), u32::try_from(day).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn days_are_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(10_957), (2000, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(-719_529), (-1, 12, 31));
    }

    #[test]
    fn durations_are_iso_8601() {
        let duration = |months, days, micros| written(|out| write_duration(out, months, days, micros));
        assert_eq!(duration(0, 0, 0), "PT0S");
        assert_eq!(duration(14, 3, 14_706_700_000), "P1Y2M3DT4H5M6.7S");
        assert_eq!(duration(-14, 0, -1_500_000), "P-1Y-2MT-1.5S");
        assert_eq!(duration(0, 0, -100), "PT-0.0001S");
        assert_eq!(duration(0, 1, 0), "P1D");
    }

    #[test]
    fn years_beyond_four_digits_have_a_sign() {
        assert_eq!(written(|out| write_date(out, 12_345, 1, 2)), "+12345-01-02");
        assert_eq!(written(|out| write_date(out, -43, 3, 15)), "-0043-03-15");
        assert_eq!(written(|out| write_time(out, 86_399_999_999)), "23:59:59.999999");
    }
}
