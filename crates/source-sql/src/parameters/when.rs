//! Dates and times in arguments.

use time::{
    Date, OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const LOCAL: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day][first [T] [ ]][hour]:[minute][optional [:[second][optional [.[subsecond]]]]]"
);

/// A date as every engine reads it, `2026-01-31`; `None` if it is none.
pub(super) fn date(text: &str) -> Option<String> {
    let date = Date::parse(text, DATE).ok()?;
    Some(format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// A point in time as every engine reads it, `2026-01-31 12:00:00[.5]`, in UTC; `None` if it is none.
pub(super) fn datetime(text: &str) -> Option<String> {
    if let Ok(at) = OffsetDateTime::parse(text, &Rfc3339) {
        return at.checked_to_offset(UtcOffset::UTC).map(|utc| write(PrimitiveDateTime::new(utc.date(), utc.time())));
    }
    if let Ok(local) = PrimitiveDateTime::parse(text, LOCAL) {
        return Some(write(local));
    }
    date(text).map(|date| format!("{date} 00:00:00"))
}

/// Microseconds, because no engine keeps more.
fn write(at: PrimitiveDateTime) -> String {
    let mut text = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    if at.microsecond() != 0 {
        let fraction = format!(".{:06}", at.microsecond());
        text.push_str(fraction.trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_utc() {
        assert_eq!(datetime("2026-01-31T12:00:00+02:00").as_deref(), Some("2026-01-31 10:00:00"));
        assert_eq!(datetime("2026-01-31T12:00:00.500Z").as_deref(), Some("2026-01-31 12:00:00.5"));
        assert_eq!(datetime("2026-01-31 12:00").as_deref(), Some("2026-01-31 12:00:00"));
        assert_eq!(datetime("2026-01-31T12:00:00").as_deref(), Some("2026-01-31 12:00:00"));
        assert_eq!(datetime("2026-01-31").as_deref(), Some("2026-01-31 00:00:00"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in ["", "today", "2026-02-30", "2026-1-1", "2026-01-31T25:00:00Z", "2026-01-31; DROP"] {
            assert_eq!(datetime(wrong), None, "{wrong}");
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }
}
