//! Moments as columns: `INTEGER` microseconds in SQLite, `timestamptz` in PostgreSQL (see each `dialect.rs`).

use puente_domain::Timestamp;

/// A moment as it is bound and read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A moment before what PostgreSQL can hold.
#[derive(Debug, thiserror::Error)]
#[error("a moment before 4714-11-24 BC cannot be stored")]
pub(crate) struct TooEarly;

impl Time {
    /// 4714-11-24 BC, where PostgreSQL's `timestamptz` begins; its end lies behind the last [`Timestamp`].
    const FIRST: i64 = -210_866_803_200_000_000;

    /// Microseconds since 1970, within what both databases hold.
    pub(crate) fn micros(self) -> Result<i64, TooEarly> {
        let micros = self.0.as_micros();
        if micros < Self::FIRST { Err(TooEarly) } else { Ok(micros) }
    }

    /// The opposite of [`Self::micros`].
    pub(crate) const fn from_micros(micros: i64) -> Self {
        Self(Timestamp::from_micros(micros))
    }
}

/// An optional moment as it is read.
pub(super) fn moment(time: Option<Time>) -> Option<Timestamp> {
    time.map(|time| time.0)
}
