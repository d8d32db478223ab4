//! How far the work is, for whoever shows it.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use crate::schema::Table;

/// Counts what passes by; cheap to ask at any time, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    stage: Mutex<Stage>,
    rows: AtomicU64,
    bytes: AtomicU64,
    total: AtomicU64,
}

/// What is being done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// `copying`, `verifying`, …; empty before the first.
    pub name: &'static str,
    /// The table.
    pub table: String,
}

impl Progress {
    /// A new stage begins, of so many rows; 0 if nobody knows.
    pub(crate) fn stage(&self, name: &'static str, total: u64) {
        *self.0.stage.lock().unwrap_or_else(PoisonError::into_inner) = Stage { name, table: String::new() };
        self.0.rows.store(0, Ordering::Relaxed);
        self.0.bytes.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    pub(crate) fn rows(&self, table: &Table, rows: usize, bytes: usize) {
        self.count(&table.name, rows, bytes);
    }

    pub(crate) fn count(&self, table: &str, rows: usize, bytes: usize) {
        self.0.rows.fetch_add(rows as u64, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let mut stage = self.0.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if stage.table != table {
            table.clone_into(&mut stage.table);
        }
    }

    /// What is being done.
    #[must_use]
    pub fn now(&self) -> Stage {
        self.0.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Rows of this stage so far, of how many (0: unknown), and their bytes.
    #[must_use]
    pub fn counts(&self) -> (u64, u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (read(&self.0.rows), read(&self.0.total), read(&self.0.bytes))
    }
}
