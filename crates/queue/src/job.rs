//! What can be queued.

use std::time::Duration;

use puente_domain::JobId;
use serde::{Serialize, de::DeserializeOwned};

/// Priorities; higher ones run first.
pub mod priority {
    /// Nobody waits for it.
    pub const LOW: i64 = -10;
    /// What most jobs have.
    pub const NORMAL: i64 = 0;
    /// Someone waits for it.
    pub const HIGH: i64 = 10;
}

/// Something to do, as it is written into a row. Old rows must stay readable: add fields with `#[serde(default)]`.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of its handler; unique, and never changed.
    const KIND: &'static str;
    /// See [`priority`].
    const PRIORITY: i64 = priority::NORMAL;
    /// How often it may be started, crashes of its worker included.
    const MAX_ATTEMPTS: u32 = 10;

    /// Of jobs with the same key only one waits or runs at a time; pushing another one does nothing. A job that must see
    /// what was written after it began needs no key, or another one.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// How this one differs from others of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PushOptions {
    /// Not before this time has passed.
    pub delay: Duration,
    /// Instead of [`Job::PRIORITY`].
    pub priority: Option<i64>,
    /// Instead of [`Job::MAX_ATTEMPTS`].
    pub max_attempts: Option<u32>,
    /// Instead of a new one, for a job that stands for something that has an id.
    pub id: Option<JobId>,
}

/// A job that was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Its id, or that of the one with its unique key.
    pub id: JobId,
    /// Whether it is new.
    pub new: bool,
}
