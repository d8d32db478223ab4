//! Remembers for a second whose a token is, and for as long that it is nobody's.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use puente_domain::{Principal, Timestamp};

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(1);
/// How many tokens of each kind; a flood of wrong ones does not push out the right ones.
const CAPACITY: u64 = 50_000;

/// SHA-256 of a token.
type Hash = [u8; 32];

/// Whose a token is, and where it may be shown.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) principal: Arc<Principal>,
    pub(super) audience: Audience,
}

/// For whom a token was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Every door: API keys, and tokens of people who signed in.
    Everywhere,
    /// One virtual server: tokens of OAuth clients.
    Server(Arc<str>),
}

pub(super) struct Remembered {
    known: Cache<Hash, (Timestamp, Known)>,
    unknown: Cache<Hash, (Timestamp, &'static str)>,
}

impl Remembered {
    /// What was found out less than a second ago: the principal, or why there is none.
    pub(super) fn get(&self, hash: &Hash, now: Timestamp) -> Option<Result<Known, &'static str>> {
        let fresh = |since: Timestamp| now.since(since) < HOLDS && now >= since;
        if let Some((since, known)) = self.known.get(hash) {
            return fresh(since).then_some(Ok(known));
        }
        self.unknown.get(hash).and_then(|(since, reason)| fresh(since).then_some(Err(reason)))
    }

    pub(super) fn keep(&self, hash: Hash, now: Timestamp, found: Result<&Known, &'static str>) {
        match found {
            Ok(known) => self.known.insert(hash, (now, known.clone())),
            Err(reason) => {
                self.known.invalidate(&hash);
                self.unknown.insert(hash, (now, reason));
            }
        }
    }

    pub(super) fn forget(&self) {
        self.known.invalidate_all();
        self.unknown.invalidate_all();
    }
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            known: Cache::builder().max_capacity(CAPACITY).time_to_live(HOLDS).build(),
            unknown: Cache::builder().max_capacity(CAPACITY).time_to_live(HOLDS).build(),
        }
    }
}
