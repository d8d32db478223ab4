//! The result cache: a narrow front over a backend that knows bytes only.
//!
//! [`Cache::get_or_fill`] is all that callers need: it answers from the backend, or joins the flight that is filling the
//! same key, or starts one. A flight is detached from its callers and is cancelled when the last of them leaves, so that
//! one who gives up does not take the answer from the others.
//!
//! To add a backend: a file beside [`memory`] that implements [`Backend`].

mod flight;
mod key;
mod memory;
mod redis;

pub use flight::Flights;
pub use key::Key;
pub use memory::Memory;
pub use redis::Redis;

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

/// A backend failed. The cache goes on without it; the backend tells the operator once, not with each call.
#[derive(Debug, thiserror::Error)]
#[error("the cache failed: {0}")]
pub struct BackendError(pub String);

/// Keeps bytes for a time. May forget anything at any time.
pub trait Backend: Send + Sync + 'static {
    /// The value, if it is there and not older than its time to live.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, BackendError>>;

    /// Keeps a value for `ttl`.
    fn set<'a>(&'a self, key: &'a Key, value: Bytes, ttl: Duration) -> BoxFuture<'a, Result<(), BackendError>>;
}

/// What a fill brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The value, for everyone who waits for it.
    pub value: Bytes,
    /// Whether it is kept for those who come later.
    pub keep: bool,
}

/// An answer, and whose work it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<E> {
    /// It was kept.
    Kept(Bytes),
    /// A flight brought it; `led` if this caller started it.
    Flown {
        /// The value, or why there is none.
        outcome: Result<Bytes, E>,
        /// Whether this caller started the flight.
        led: bool,
    },
    /// The flight ended without an answer: it panicked, or the process is ending.
    Lost,
}

/// The cache. `E` is how a fill can fail; failures are shared by those who wait, and never kept.
pub struct Cache<E> {
    backend: Arc<dyn Backend>,
    flights: Flights<(Result<Bytes, E>, bool)>,
}

impl<E: Clone + Send + Sync + 'static> Cache<E> {
    /// A cache on this backend.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend, flights: Flights::default() }
    }

    /// The value of `key`. `fill` gets a token that is cancelled when nobody waits any more.
    pub async fn get_or_fill<F, Fut>(&self, key: Key, ttl: Duration, fill: F) -> Answer<E>
    where
        F: FnOnce(CancellationToken) -> Fut,
        Fut: Future<Output = Result<Filled, E>> + Send + 'static,
    {
        if let Some(value) = lookup(&*self.backend, &key).await {
            return Answer::Kept(value);
        }
        let backend = self.backend.clone();
        let joined = self.flights.join(key.clone(), |cancel| {
            let filling = fill(cancel);
            async move {
                // Another flight may have landed between our look-up and this one's start.
                if let Some(value) = lookup(&*backend, &key).await {
                    return (Ok(value), true);
                }
                (keep(&*backend, &key, ttl, filling.await).await, false)
            }
        });
        match joined.await {
            Some(((Ok(value), true), _)) => Answer::Kept(value),
            Some(((outcome, _), led)) => Answer::Flown { outcome, led },
            None => Answer::Lost,
        }
    }
}

async fn lookup(backend: &dyn Backend, key: &Key) -> Option<Bytes> {
    backend.get(key).await.unwrap_or_else(|error| {
        tracing::debug!(%error, kind = key.kind(), "going on without the cache");
        None
    })
}

async fn keep<E>(backend: &dyn Backend, key: &Key, ttl: Duration, outcome: Result<Filled, E>) -> Result<Bytes, E> {
    let filled = outcome?;
    if filled.keep
        && let Err(error) = backend.set(key, filled.value.clone(), ttl).await
    {
        tracing::debug!(%error, kind = key.kind(), "a result could not be cached");
    }
    Ok(filled.value)
}

#[cfg(test)]
mod tests;
