//! So many calls in so much time, counted per caller (GCRA: bursts up to the limit, then evenly spread).
//!
//! Each process counts for itself ([`Rates::memory`]), or replicas count together in Redis ([`Rates::shared`]). Counting
//! together costs an answer of Redis, so a replica takes a few calls at once out of a large limit and spends them within
//! a second; small limits are exact. While Redis does not answer, the limit is each replica's own.

mod memory;
mod shared;

use std::{fmt, net::IpAddr, time::Duration};

use memory::Local;
use puente_domain::Subject;
use puente_redis::Link;
use shared::Shared;

/// Whose calls are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Who {
    /// The caller.
    pub subject: Subject,
    /// Tells callers without a name apart.
    pub address: Option<IpAddr>,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.subject, self.address) {
            (Subject::User(id), _) => write!(f, "user:{id}"),
            (Subject::Key(id), _) => write!(f, "key:{id}"),
            (Subject::Anonymous, Some(address)) => write!(f, "anonymous:{address}"),
            (Subject::Anonymous, None) => f.write_str("anonymous"),
        }
    }
}

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// At least 1.
    pub calls: u32,
    /// More than nothing.
    pub per: Duration,
}

impl Quota {
    /// The time between two calls once the burst is spent.
    fn interval(&self) -> Duration {
        (self.per / self.calls.max(1)).max(Duration::from_micros(1))
    }
}

/// The caller has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// For so long.
    pub retry_after: Duration,
}

/// Where limits are counted. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rates(Option<Store>);

#[derive(Clone, Debug)]
struct Store {
    link: Link,
    prefix: String,
}

impl Rates {
    /// In this process.
    #[must_use]
    pub const fn memory() -> Self {
        Self(None)
    }

    /// In Redis, under keys that begin with `prefix`.
    #[must_use]
    pub const fn shared(link: Link, prefix: String) -> Self {
        Self(Some(Store { link, prefix }))
    }

    /// A limit; replicas count those of the same name together.
    #[must_use]
    pub fn limit(&self, name: &str, quota: Quota) -> Rate {
        let shared = self.0.as_ref().map(|store| {
            let prefix = format!("{}rate:{name}:", store.prefix);
            Shared::new(store.link.clone(), prefix, quota)
        });
        Rate { own: Local::new(quota), shared }
    }
}

/// One limit, for any number of callers.
pub struct Rate {
    own: Local,
    shared: Option<Shared>,
}

impl Rate {
    /// Counts a call, or says when the next one may come.
    ///
    /// # Errors
    /// [`Limited`].
    pub async fn check(&self, who: &Who) -> Result<(), Limited> {
        // What is too much for all replicas together may not be for this one, never the other way round.
        self.own.check(who)?;
        match &self.shared {
            Some(shared) => shared.check(who).await,
            None => Ok(()),
        }
    }

    /// Forgets callers whose limit is full again, so that memory follows the callers of late.
    pub fn sweep(&self) {
        self.own.sweep();
    }
}
