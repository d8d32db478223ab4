//! Single-flight: equal work is done once for everyone who waits for it.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::Key;

/// The flights under way.
pub struct Flights<T>(Arc<Mutex<HashMap<Key, Weak<Flight<T>>>>>);

/// Held by those who wait; the last one to let go cancels the work.
struct Flight<T> {
    outcome: watch::Receiver<Option<T>>,
    cancel: CancellationToken,
}

impl<T> Drop for Flight<T> {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// Waits for the flight of `key`, or starts one with `work` in a task of its own; says whether it was started here.
    /// `None` if the work ended without an outcome. The token given to `work` is cancelled when nobody waits any more.
    pub async fn join<F, Fut>(&self, key: Key, work: F) -> Option<(T, bool)>
    where
        F: FnOnce(CancellationToken) -> Fut,
        Fut: Future<Output = T> + Send + 'static,
    {
        let (flight, led) = self.find_or_start(key, work);
        let mut outcome = flight.outcome.clone();
        let landed = outcome.wait_for(Option::is_some).await.ok()?;
        landed.clone().map(|value| (value, led))
    }

    fn find_or_start<F, Fut>(&self, key: Key, work: F) -> (Arc<Flight<T>>, bool)
    where
        F: FnOnce(CancellationToken) -> Fut,
        Fut: Future<Output = T> + Send + 'static,
    {
        let mut flights = lock(&self.0);
        if let Some(flight) = flights.get(&key).and_then(Weak::upgrade) {
            return (flight, false);
        }
        let (sender, outcome) = watch::channel(None);
        let cancel = CancellationToken::new();
        let flight = Arc::new(Flight { outcome, cancel: cancel.clone() });
        let landing = Landing { flights: self.0.clone(), key: key.clone(), flight: Arc::downgrade(&flight) };
        flights.insert(key, Arc::downgrade(&flight));
        drop(flights);
        let work = work(cancel);
        tokio::spawn(async move {
            let value = work.await;
            drop(landing);
            sender.send_replace(Some(value));
        });
        (flight, true)
    }

    /// How many flights are under way.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.0).len()
    }

    /// Whether none is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Takes the flight out of the list, also when its work panics.
struct Landing<T> {
    flights: Arc<Mutex<HashMap<Key, Weak<Flight<T>>>>>,
    key: Key,
    flight: Weak<Flight<T>>,
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        let mut flights = lock(&self.flights);
        if flights.get(&self.key).is_some_and(|flight| flight.ptr_eq(&self.flight)) {
            flights.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
