//! Durations as people write them: `250ms`, `30s`, `5m`, `2h`, `7d`.

use std::time::Duration;

/// Reads a duration; zero is none.
///
/// # Errors
/// What is wrong, for the author of the catalog.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is no duration; write a number and a unit, like 250ms, 30s, 5m, 2h or 7d");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    match number.checked_mul(millis) {
        None => Err(format!("'{text}' is too long")),
        Some(0) => Err(format!("'{text}' is no time at all")),
        Some(millis) => Ok(Duration::from_millis(millis)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit() {
        assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse("7d"), Ok(Duration::from_hours(7 * 24)));
        for wrong in ["", "s", "30", "30 s", "1.5s", "-1s", "0s", "30S", "99999999999999999999s", "9999999999999999d"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
