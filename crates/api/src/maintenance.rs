//! Whether a transfer has the database for itself.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// A switch that turns requests away, and a count of those that are being served. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Maintenance(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    closed: AtomicBool,
    served: AtomicUsize,
}

impl Maintenance {
    /// From now on requests are answered with 503, but those that ask whether the process lives.
    pub fn begin(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
    }

    /// Requests are served again.
    pub fn end(&self) {
        self.0.closed.store(false, Ordering::SeqCst);
    }

    /// Whether no request is being served any more.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.served.load(Ordering::SeqCst) == 0
    }

    /// Counts a request for as long as the guard lives; `None` while nobody is served.
    pub(crate) fn enter(&self) -> Option<Served> {
        let served = Served(self.0.clone());
        self.0.served.fetch_add(1, Ordering::SeqCst);
        (!self.0.closed.load(Ordering::SeqCst)).then_some(served)
    }
}

pub(crate) struct Served(Arc<Inner>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.served.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_idle_once_the_last_request_has_ended() {
        let maintenance = Maintenance::default();
        let served = maintenance.enter().unwrap();
        maintenance.begin();
        assert!(!maintenance.is_idle() && maintenance.enter().is_none());
        drop(served);
        assert!(maintenance.is_idle());
        maintenance.end();
        assert!(maintenance.enter().is_some());
    }
}
