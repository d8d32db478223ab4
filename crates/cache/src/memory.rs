//! The cache of one process, bounded by the bytes that it holds.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use puente_domain::{Clock, Timestamp};

use crate::{Backend, BackendError, Key};

/// What an entry costs beyond its value.
const OVERHEAD: usize = 128;

#[derive(Clone)]
struct Entry {
    value: Bytes,
    /// From this moment on it is no answer any more.
    until: Timestamp,
}

/// The backend of a single process. Keeps what is used most and recently, within its budget.
pub struct Memory {
    entries: moka::sync::Cache<Key, Entry>,
    clock: Arc<dyn Clock>,
}

impl Memory {
    /// An empty cache that holds at most so many bytes.
    #[must_use]
    pub fn new(max_bytes: u64, clock: Arc<dyn Clock>) -> Self {
        let entries = moka::sync::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_: &Key, entry: &Entry| u32::try_from(entry.value.len() + OVERHEAD).unwrap_or(u32::MAX))
            .build();
        Self { entries, clock }
    }

    fn lookup(&self, key: &Key) -> Option<Bytes> {
        let entry = self.entries.get(key)?;
        if self.clock.now() < entry.until {
            return Some(entry.value);
        }
        self.entries.invalidate(key);
        None
    }
}

impl Backend for Memory {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, BackendError>> {
        std::future::ready(Ok(self.lookup(key))).boxed()
    }

    fn set<'a>(&'a self, key: &'a Key, value: Bytes, ttl: Duration) -> BoxFuture<'a, Result<(), BackendError>> {
        self.entries.insert(key.clone(), Entry { value, until: self.clock.now() + ttl });
        std::future::ready(Ok(())).boxed()
    }
}

#[cfg(test)]
mod tests {
    use puente_domain::ManualClock;

    use super::*;

    #[tokio::test]
    async fn a_value_ends_with_its_time_to_live() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        let memory = Memory::new(1 << 20, clock.clone());
        let key = Key::new("result", &[b"a"]);
        memory.set(&key, Bytes::from_static(b"1"), Duration::from_secs(30)).await.unwrap();
        clock.advance(Duration::from_micros(29_999_999));
        assert_eq!(memory.get(&key).await.unwrap(), Some(Bytes::from_static(b"1")));
        clock.advance(Duration::from_micros(1));
        assert_eq!(memory.get(&key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_budget_counts_bytes() {
        let memory = Memory::new(100_000, Arc::new(ManualClock::at(Timestamp::from_micros(0))));
        for index in 0..100_u32 {
            let key = Key::new("result", &[&index.to_le_bytes()]);
            memory.set(&key, Bytes::from(vec![0; 10_000]), Duration::from_secs(30)).await.unwrap();
        }
        memory.entries.run_pending_tasks();
        assert!(memory.entries.weighted_size() <= 100_000);
        assert!(memory.entries.entry_count() > 0);
    }
}
