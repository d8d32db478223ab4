//! What this process counts.

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{Limited, Quota, Who};

pub(crate) struct Local {
    limiter: DefaultKeyedRateLimiter<Who>,
    clock: DefaultClock,
}

impl Local {
    pub(crate) fn new(quota: Quota) -> Self {
        let burst = NonZeroU32::new(quota.calls).unwrap_or(NonZeroU32::MIN);
        let every = governor::Quota::with_period(quota.interval());
        let quota = every.unwrap_or_else(|| governor::Quota::per_second(NonZeroU32::MAX)).allow_burst(burst);
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    pub(crate) fn check(&self, who: &Who) -> Result<(), Limited> {
        let not_until = self.limiter.check_key(who).err();
        not_until.map_or(Ok(()), |until| Err(Limited { retry_after: until.wait_time_from(self.clock.now()) }))
    }

    pub(crate) fn sweep(&self) {
        self.limiter.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use puente_domain::{Subject, UserId};

    use super::*;

    #[test]
    fn callers_are_counted_apart() {
        let rate = Local::new(Quota { calls: 2, per: Duration::from_hours(1) });
        let [ana, ben] = [(); 2].map(|()| Who { subject: Subject::User(UserId::new()), address: None });
        assert!(rate.check(&ana).is_ok() && rate.check(&ana).is_ok());
        let Err(Limited { retry_after }) = rate.check(&ana) else { panic!("not limited") };
        assert!((1..=1800).contains(&retry_after.as_secs()), "{retry_after:?}");
        assert!(rate.check(&ben).is_ok());
        let strangers = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().ok());
        let stranger = |address| Who { subject: Subject::Anonymous, address };
        assert!(strangers.into_iter().all(|address| rate.check(&stranger(address)).is_ok()));
    }
}
