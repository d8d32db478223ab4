//! Slows guessing down: after a few wrong passwords in a row each further one doubles a lock.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use moka::{ops::compute::Op, sync::Cache};
use puente_domain::Timestamp;

/// Wrong passwords for an account from one network before the account is locked for that network.
pub(super) const FREE_PER_PAIR: u32 = 5;
/// Wrong passwords in a row before an account is locked for every network: a bound for guessers with many addresses,
/// far enough away that one of them does not keep its owner out.
pub(super) const FREE_PER_ACCOUNT: u32 = 100;
/// Wrong passwords before a network is: more, because many people may share one.
pub(super) const FREE_PER_NETWORK: u32 = 30;

const FIRST_LOCK: Duration = Duration::from_secs(30);
const LONGEST_LOCK: Duration = Duration::from_mins(15);
/// How long the failures of a network or an unknown address are remembered after the last one.
const MEMORY: Duration = Duration::from_hours(1);
const CAPACITY: u64 = 100_000;

/// An address as guessing sees it: one IPv4 address, or an IPv6 network of 64 bits, which one customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into()),
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

/// An account, by the SHA-256 of its e-mail address, and who tries it.
pub(super) type Pair = ([u8; 32], Option<Network>);

/// Until when to refuse after so many failures, the last of them now.
pub(super) fn locked_until(failures: u32, free: u32, now: Timestamp) -> Option<Timestamp> {
    let doublings = failures.checked_sub(free)?;
    let lock = FIRST_LOCK.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_LOCK);
    Some(now + lock)
}

/// Whole seconds until a lock ends; `None` if it has.
pub(super) fn wait(until: Option<Timestamp>, now: Timestamp) -> Option<u64> {
    let left = until?.since(now);
    (!left.is_zero()).then(|| left.as_secs() + u64::from(left.subsec_nanos() > 0))
}

/// Failures by key, in memory.
pub(super) struct Throttle<K: Hash + Eq> {
    free: u32,
    failures: Cache<K, (u32, Timestamp)>,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Throttle<K> {
    pub(super) fn new(free: u32) -> Self {
        Self { free, failures: Cache::builder().max_capacity(CAPACITY).time_to_idle(MEMORY).build() }
    }

    /// Until when this key is refused; may be past.
    pub(super) fn locked_until(&self, key: &K) -> Option<Timestamp> {
        let (failures, last) = self.failures.get(key)?;
        locked_until(failures, self.free, last)
    }

    /// Counts a failure.
    pub(super) fn fail(&self, key: K, now: Timestamp) {
        self.failures.entry(key).and_compute_with(|entry| {
            let (before, last) = entry.map_or((0, now), moka::Entry::into_value);
            let before = if now.since(last) < MEMORY { before } else { 0 };
            Op::Put((before.saturating_add(1), now))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_496_400_000_000);

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| wait(locked_until(failures, 5, NOW), NOW);
        assert_eq!([4, 5, 6, 9, 10, 1000].map(seconds), [None, Some(30), Some(60), Some(480), Some(900), Some(900)]);
    }

    #[test]
    fn a_wait_is_rounded_up_so_that_the_next_try_succeeds() {
        assert_eq!(wait(Some(NOW + Duration::from_millis(1)), NOW), Some(1));
        assert_eq!(wait(Some(NOW), NOW), None);
        assert_eq!(wait(None, NOW), None);
    }

    #[test]
    fn failures_count_per_key_and_are_forgotten() {
        let throttle = Throttle::<u8>::new(2);
        throttle.fail(1, NOW);
        assert_eq!(throttle.locked_until(&1), None);
        throttle.fail(1, NOW);
        assert_eq!(throttle.locked_until(&1), Some(NOW + FIRST_LOCK));
        assert_eq!(throttle.locked_until(&2), None);
        throttle.fail(1, NOW + MEMORY);
        assert_eq!(throttle.locked_until(&1), None);
    }

    #[test]
    fn an_ipv6_customer_is_one_network() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
