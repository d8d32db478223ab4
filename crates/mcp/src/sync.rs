//! Short locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; a panic elsewhere while it was held does not matter, because each holder leaves the value consistent.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
