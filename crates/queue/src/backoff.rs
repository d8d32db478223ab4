//! How long a job waits after a failed try.

use std::time::Duration;

/// After the first failed try.
const FIRST: Duration = Duration::from_secs(1);
/// Never longer.
const LONGEST: Duration = Duration::from_hours(1);

/// The wait after `attempts` tries: 1 s, 2 s, 4 s, … up to an hour, of which `jitter` (0 to 1) takes up to a half away,
/// so that jobs that failed together do not come back together.
#[must_use]
pub fn backoff(attempts: u32, jitter: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(20);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let waits: Vec<u64> = (1..=5).map(|attempts| backoff(attempts, 0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16]);
        assert_eq!(backoff(u32::MAX, 0.0), LONGEST);
    }

    #[test]
    fn jitter_takes_up_to_a_half_away() {
        assert_eq!(backoff(3, 1.0), Duration::from_secs(2));
        assert_eq!(backoff(3, 0.5), Duration::from_secs(3));
    }
}
