//! When a recurring job comes.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use puente_domain::Timestamp;

/// A rule of five fields (minute, hour, day of month, month, day of week), in UTC.
#[derive(Clone, Debug)]
pub struct Cron {
    text: String,
    rule: croner::Cron,
}

/// Text that is no rule, or a rule that never comes.
#[derive(Debug, thiserror::Error)]
#[error("'{text}' is no cron rule of five fields that comes again: {reason}")]
pub struct CronError {
    text: String,
    reason: String,
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let wrong = |reason: String| CronError { text: text.to_owned(), reason };
        if text.split_whitespace().count() != 5 {
            return Err(wrong("there are not five fields".to_owned()));
        }
        let rule: croner::Cron = text.parse().map_err(|error: croner::errors::CronError| wrong(error.to_string()))?;
        Ok(Self { text: text.to_owned(), rule })
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Cron {
    /// The first moment after `now`; `None` if there is none within the years that the rule's library looks ahead.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let now = DateTime::<Utc>::from_timestamp_micros(now.as_micros())?;
        let next = self.rule.find_next_occurrence(&now, false).ok()?;
        Some(Timestamp::from_micros(next.timestamp_micros()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(rule: &str, now: &str) -> String {
        let rule: Cron = rule.parse().unwrap();
        rule.next(now.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn the_next_moment_lies_after_now() {
        assert_eq!(next("17 * * * *", "2026-11-24T08:17:00Z"), "2026-11-24T09:17:00Z");
        assert_eq!(next("17 * * * *", "2026-11-24T08:16:59.999999Z"), "2026-11-24T08:17:00Z");
        assert_eq!(next("*/15 2 * * *", "2026-12-31T23:00:00Z"), "2027-01-01T02:00:00Z");
        assert_eq!(next("0 0 29 2 *", "2026-11-24T08:17:00Z"), "2028-02-29T00:00:00Z");
        assert_eq!(next("30 4 * * MON", "2026-11-24T08:17:00Z"), "2026-11-30T04:30:00Z");
    }

    #[test]
    fn nonsense_is_refused() {
        for rule in ["", "* * * *", "60 * * * *", "* * * * * *", "@daily", "a b c d e"] {
            assert!(rule.parse::<Cron>().is_err(), "{rule}");
        }
    }
}
