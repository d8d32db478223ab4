//! So many calls in so much time, counted per caller (GCRA: bursts up to the limit, then evenly spread).

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use puente_domain::Subject;
use puente_sources::RateLimit;

use crate::{Actor, Error, Gateway, Result, failure::Failure};

/// Whose calls are counted together. Callers without a name are told apart by their address; the keys of a user count
/// with the user, or making another key would be a way around the limit. Keys of an administrator, who may set limits
/// anyway, count alone: agents are not held up by each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Who(Subject, Option<IpAddr>);

impl Gateway {
    /// Whose call this is.
    pub(crate) fn who(&self, actor: &Actor) -> Who {
        match actor.principal.subject {
            Subject::Anonymous => Who(Subject::Anonymous, actor.address),
            Subject::Key(key) => Who(self.identity.counted_as(key), None),
            subject @ Subject::User(_) => Who(subject, None),
        }
    }

    /// Counts a request of the REST API, or a new session, as a call of its caller.
    ///
    /// # Errors
    /// [`Error::Limited`] beyond `RATE_LIMIT`.
    pub fn count_request(&self, actor: &Actor) -> Result<()> {
        match self.limits.count(&self.who(actor)) {
            Err(Failure::Limited { retry_after_secs }) => Err(Error::Limited { retry_after_secs }),
            _ => Ok(()),
        }
    }
}

pub(crate) struct Rate {
    limiter: DefaultKeyedRateLimiter<Who>,
    clock: DefaultClock,
}

impl Rate {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let calls = NonZeroU32::new(limit.calls).unwrap_or(NonZeroU32::MIN);
        let each = limit.per / calls.get();
        let quota = Quota::with_period(each).unwrap_or_else(|| Quota::per_second(NonZeroU32::MAX)).allow_burst(calls);
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Counts a call, or says when the next one may come.
    pub(crate) fn check(&self, who: &Who) -> Result<(), Failure> {
        self.limiter.check_key(who).map_err(|not_until| {
            let wait: Duration = not_until.wait_time_from(self.clock.now());
            Failure::limited(wait.as_secs() + 1)
        })
    }

    /// Forgets callers whose limit is full again, so that memory follows the callers of late.
    pub(crate) fn sweep(&self) {
        self.limiter.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use puente_domain::UserId;

    use super::*;

    #[test]
    fn callers_are_counted_apart() {
        let rate = Rate::new(RateLimit { calls: 2, per: Duration::from_hours(1) });
        let (ana, ben) = (Who(Subject::User(UserId::new()), None), Who(Subject::User(UserId::new()), None));
        assert!(rate.check(&ana).is_ok() && rate.check(&ana).is_ok());
        let Err(Failure::Limited { retry_after_secs }) = rate.check(&ana) else { panic!("not limited") };
        assert!((1..=1801).contains(&retry_after_secs), "{retry_after_secs}");
        assert!(rate.check(&ben).is_ok());
        let strangers = ["192.0.2.1", "192.0.2.2"].map(|address| Who(Subject::Anonymous, address.parse().ok()));
        assert!(strangers.iter().all(|stranger| rate.check(stranger).is_ok()));
    }
}
