//! Durations as people write them, in settings, catalogs and commands: one number and one unit.

use std::time::Duration;

/// What a text should have been that is none.
const EXPECTED: &str = "a duration like 250ms, 30s, 5m, 1h or 90d";

/// Reads a duration in milliseconds, seconds, minutes, hours or days: `250ms`, `30s`, `5m`, `1h`, `90d`. May be zero.
///
/// # Errors
/// What was expected: `a duration like …`.
pub fn parse(text: &str) -> Result<Duration, &'static str> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or(EXPECTED)?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(EXPECTED),
    };
    number.checked_mul(millis).map(Duration::from_millis).ok_or(EXPECTED)
}

/// Reads a duration that is longer than nothing.
///
/// # Errors
/// What was expected, as [`parse`].
pub fn parse_positive(text: &str) -> Result<Duration, &'static str> {
    let duration = parse(text)?;
    if duration.is_zero() { Err("a duration above zero, like 30s") } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_unit() {
        for (text, millis) in [("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(parse("90d"), Ok(Duration::from_hours(90 * 24)));
        for text in ["", "30", "s", "-1s", "1.5h", "1h30m", "30 s", "30S", "99999999999999999999s", "9999999999999999d"]
        {
            assert_eq!(parse(text), Err(EXPECTED), "{text}");
        }
    }

    #[test]
    fn no_time_at_all_is_not_positive() {
        assert!(parse_positive("0s").is_err());
        assert_eq!(parse_positive("1ms"), Ok(Duration::from_millis(1)));
    }
}
