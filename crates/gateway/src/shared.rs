//! What replicas share besides the database. Nothing in it is irreplaceable.

use std::sync::Arc;

use puente_bus::Bus;
use puente_domain::Clock;
use puente_rates::Rates;

/// Hints, results, rate limits: of one process, or of replicas together.
#[derive(Clone)]
pub struct Shared {
    /// Carries hints.
    pub bus: Bus,
    /// Keeps results.
    pub cache: Arc<dyn puente_cache::Backend>,
    /// Counts calls.
    pub rates: Rates,
}

impl Shared {
    /// All in this process; the cache holds at most so many bytes.
    #[must_use]
    pub fn memory(cache_bytes: u64, clock: Arc<dyn Clock>) -> Self {
        Self {
            bus: Bus::new(puente_bus::Memory::default()),
            cache: Arc::new(puente_cache::Memory::new(cache_bytes, clock)),
            rates: Rates::memory(),
        }
    }
}
