//! What replicas count together.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::sync::Cache;
use puente_redis::{Link, Script};
use tokio::sync::Mutex;

use crate::{Limited, Quota, Who};

const TAKE: &str = include_str!("take.lua");
/// How long calls that were taken ahead may be spent.
const HOLDS: Duration = Duration::from_secs(1);
/// At most this part of a limit is taken ahead, by each replica …
const PART: u32 = 50;
/// … and at most so many calls.
const MOST: u32 = 100;
/// How many callers are remembered.
const CAPACITY: u64 = 100_000;

pub(crate) struct Shared {
    link: Link,
    prefix: String,
    quota: Quota,
    ahead: u32,
    script: Script,
    /// What was taken ahead, by caller; held while Redis is asked, so that equal callers ask once.
    taken: Cache<Who, Arc<Mutex<Taken>>>,
}

struct Taken {
    calls: u32,
    until: Instant,
}

impl Shared {
    pub(crate) fn new(link: Link, prefix: String, quota: Quota) -> Self {
        // No more than what comes back while it holds.
        let per_hold = HOLDS.as_micros() / quota.interval().as_micros().max(1);
        let ahead = (quota.calls / PART).min(MOST).min(u32::try_from(per_hold).unwrap_or(MOST)).max(1);
        let taken = Cache::builder().max_capacity(CAPACITY).time_to_idle(HOLDS).build();
        Self { link, prefix, quota, ahead, script: Script::new(TAKE), taken }
    }

    /// Counts a call. While Redis does not answer, every call may come: this replica's own limit holds.
    pub(crate) async fn check(&self, who: &Who) -> Result<(), Limited> {
        let empty = || Arc::new(Mutex::new(Taken { calls: 0, until: Instant::now() }));
        let taken = self.taken.get_with_by_ref(who, empty);
        let mut taken = taken.lock().await;
        if taken.calls > 0 && Instant::now() < taken.until {
            taken.calls -= 1;
            return Ok(());
        }
        match self.take(who).await {
            Some((0, wait)) => Err(Limited { retry_after: Duration::from_micros(wait) }),
            Some((calls, _)) => {
                *taken = Taken { calls: calls - 1, until: Instant::now() + HOLDS };
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn take(&self, who: &Who) -> Option<(u32, u64)> {
        let mut invocation = self.script.key(format!("{}{who}", self.prefix));
        invocation.arg(micros(self.quota.interval())).arg(self.quota.calls).arg(self.ahead);
        self.link.script::<(u32, u64)>(&invocation).await.ok()
    }
}

fn micros(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    format!("{}.{:03}", nanos / 1000, nanos % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_keep_their_fractions() {
        assert_eq!(micros(Duration::from_nanos(1_234_005)), "1234.005");
    }
}
