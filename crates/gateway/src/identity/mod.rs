//! Who a token belongs to; sign-in, refresh, sign-out.
//!
//! - `authenticate`: from a bearer token to a principal, remembered for a second;
//! - `sign_in`, `refresh`, `sign_out`: the life of a family of tokens;
//! - `throttle`: what keeps passwords from being guessed;
//! - `web`: browsers that are signed in;
//! - `bootstrap`: the first administrator; `operator`: whoever runs the command line.

mod authenticate;
mod bootstrap;
mod operator;
pub(crate) mod principal;
mod refresh;
mod remembered;
mod sign_in;
mod sign_out;
mod throttle;
mod tokens;
mod web;

pub use authenticate::Door;
pub use bootstrap::FirstAdmin;
pub use tokens::TokenPair;
pub use web::SignedIn;

use std::net::IpAddr;

use puente_domain::{KeyId, Subject, Timestamp};
use remembered::Remembered;
use throttle::Throttle;

/// How long a network stays familiar after a sign-in.
const FAMILIAR: std::time::Duration = std::time::Duration::from_hours(30 * 24);

/// What a process remembers about callers. All of it is bounded, and none of it outlives the process.
pub(crate) struct Identity {
    known: Remembered,
    networks: Throttle<throttle::Network>,
    /// E-mail addresses without an account, so that they are locked as those with one are.
    strangers: Throttle<[u8; 32]>,
    /// Clients that registered themselves.
    registrations: Throttle<throttle::Network>,
    /// Accounts, with one or not, by the network that tries them.
    pairs: Throttle<throttle::Pair>,
    /// From where accounts were signed in to: what others do there, or elsewhere, does not keep their owners out.
    familiar: moka::sync::Cache<throttle::Pair, ()>,
    /// When this process last wrote down the use of a key.
    touched: moka::sync::Cache<KeyId, Timestamp>,
    /// Whose limit the calls of a key count against.
    counted: moka::sync::Cache<KeyId, Subject>,
}

impl Identity {
    /// Forgets who was authenticated, so that a change of rights acts at once in this process.
    pub(crate) fn forget(&self) {
        self.known.forget();
    }

    /// Counts a registration from this address; after thirty, how many seconds to wait for the next one.
    pub(crate) fn count_registration(&self, address: IpAddr, now: Timestamp) -> std::result::Result<(), u64> {
        let network = address.into();
        if let Some(seconds) = throttle::wait(self.registrations.locked_until(&network), now) {
            return Err(seconds);
        }
        self.registrations.fail(network, now);
        Ok(())
    }

    /// Whose limit the calls of a key that was authenticated count against.
    pub(crate) fn counted_as(&self, key: KeyId) -> Subject {
        self.counted.get(&key).unwrap_or(Subject::Key(key))
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            known: Remembered::default(),
            networks: Throttle::new(throttle::FREE_PER_NETWORK),
            strangers: Throttle::new(throttle::FREE_PER_ACCOUNT),
            registrations: Throttle::new(throttle::FREE_PER_NETWORK),
            pairs: Throttle::new(throttle::FREE_PER_PAIR),
            familiar: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(FAMILIAR).build(),
            touched: moka::sync::Cache::new(100_000),
            counted: moka::sync::Cache::new(100_000),
        }
    }
}
