//! How many tasks one caller may have running in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use puente_domain::audit::Outcome;
use puente_rates::Who;

use crate::failure::Failure;

/// Counts the tasks of each caller.
pub(crate) struct Places {
    /// The most of one caller.
    max: usize,
    taken: Arc<Mutex<HashMap<Who, usize>>>,
}

/// Stands for one running task; given back when it is dropped.
pub(crate) struct Place {
    who: Who,
    taken: Arc<Mutex<HashMap<Who, usize>>>,
}

impl Places {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, taken: Arc::default() }
    }

    /// A place for another task, or what its caller is told if there is none.
    pub(crate) fn take(&self, who: Who) -> Result<Place, Failure> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let running = taken.get(&who).copied().unwrap_or(0);
        if running >= self.max {
            return Err(self.full());
        }
        taken.insert(who.clone(), running + 1);
        drop(taken);
        Ok(Place { who, taken: self.taken.clone() })
    }

    fn full(&self) -> Failure {
        let message = format!(
            "{} of your calls run as tasks or wait for your answers, and no more may at once: wait until one has ended \
             (tasks/get), or give one up (tasks/cancel)",
            self.max
        );
        Failure::Tool { message, outcome: Outcome::Limited }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.who) {
            Some(running) if *running > 1 => *running -= 1,
            _ => drop(taken.remove(&self.who)),
        }
    }
}
