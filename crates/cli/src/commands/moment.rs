//! Times on the command line: a duration from now, or a moment.

use std::{str::FromStr, time::Duration};

use puente_domain::Timestamp;

/// `90d`, or `2027-01-31T00:00:00Z`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// So far from now.
    Distance(Duration),
    /// This one.
    At(Timestamp),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(moment) = text.parse() {
            return Ok(Self::At(moment));
        }
        puente_domain::duration::parse(text)
            .map(Self::Distance)
            .map_err(|expected| format!("expected {expected}, or a time like 2027-01-31T00:00:00Z"))
    }
}

impl Moment {
    /// The moment, where a duration counts back from now.
    pub(super) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Distance(duration) => now - duration,
            Self::At(moment) => moment,
        }
    }

    /// The moment, where a duration counts on from now.
    pub(super) fn after(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Distance(duration) => now + duration,
            Self::At(moment) => moment,
        }
    }
}
