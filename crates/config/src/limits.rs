//! Limits and times of calls and connections.

use std::{num::NonZeroUsize, time::Duration};

use crate::{parse, reader::Reader, setting::Setting};

const RATE_LIMIT: Setting = Setting::new("RATE_LIMIT", "6000/1m", "Calls that a user or key may make: COUNT/TIME");
const MAX_CALLS: Setting = Setting::new("MAX_CALLS", "1024", "Calls in flight at once, over all callers");
const CALL_TIMEOUT: Setting = Setting::new("CALL_TIMEOUT", "30s", "The deadline of a call whose tool sets none");
const MAX_TASKS: Setting =
    Setting::new("MAX_TASKS", "5", "Calls of one user or key that may run as tasks at once, in one process");
const TASK_TIMEOUT: Setting = Setting::new("TASK_TIMEOUT", "10m", "The deadline of a task whose tool sets none");
const CONCURRENCY_WAIT: Setting =
    Setting::new("CONCURRENCY_WAIT", "5s", "How long a call waits for its tool's concurrency limit");
const MAX_RESULT_SIZE: Setting = Setting::new(
    "MAX_RESULT_SIZE",
    "256KiB",
    "Larger results become a preview and a link, if the tool sets nothing else",
);
const MAX_STORED_SIZE: Setting = Setting::new("MAX_STORED_SIZE", "64MiB", "Larger results are refused");
const RESULT_TTL: Setting = Setting::new("RESULT_TTL", "1h", "How long a large result can be read");
const CACHE_SIZE: Setting = Setting::new("CACHE_SIZE", "64MiB", "Memory for cached results");
const MAX_BODY_SIZE: Setting = Setting::new("MAX_BODY_SIZE", "4MiB", "The largest request body");
const MAX_CONNECTIONS: Setting = Setting::new("MAX_CONNECTIONS", "10000", "Connections at once");
const HEADER_TIMEOUT: Setting =
    Setting::new("HEADER_TIMEOUT", "10s", "How long a client may take to send the head of a request");
const BODY_TIMEOUT: Setting = Setting::new("BODY_TIMEOUT", "30s", "How long a client may take to send a body");

pub(crate) const SETTINGS: &[Setting] = &[
    RATE_LIMIT,
    MAX_CALLS,
    CALL_TIMEOUT,
    MAX_TASKS,
    TASK_TIMEOUT,
    CONCURRENCY_WAIT,
    MAX_RESULT_SIZE,
    MAX_STORED_SIZE,
    RESULT_TTL,
    CACHE_SIZE,
    MAX_BODY_SIZE,
    MAX_CONNECTIONS,
    HEADER_TIMEOUT,
    BODY_TIMEOUT,
];

/// So many calls in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At least 1.
    pub calls: u32,
    /// More than nothing.
    pub per: Duration,
}

/// Limits and times.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `RATE_LIMIT`.
    pub rate: Rate,
    /// `MAX_CALLS`.
    pub max_calls: NonZeroUsize,
    /// `CALL_TIMEOUT`.
    pub call_timeout: Duration,
    /// `MAX_TASKS`.
    pub max_tasks: NonZeroUsize,
    /// `TASK_TIMEOUT`.
    pub task_timeout: Duration,
    /// `CONCURRENCY_WAIT`.
    pub concurrency_wait: Duration,
    /// `MAX_RESULT_SIZE`, in bytes.
    pub max_result_bytes: usize,
    /// `MAX_STORED_SIZE`, in bytes.
    pub max_stored_bytes: usize,
    /// `RESULT_TTL`.
    pub result_ttl: Duration,
    /// `CACHE_SIZE`, in bytes.
    pub cache_bytes: usize,
    /// `MAX_BODY_SIZE`, in bytes.
    pub max_body_bytes: usize,
    /// `MAX_CONNECTIONS`.
    pub max_connections: NonZeroUsize,
    /// `HEADER_TIMEOUT`.
    pub header_timeout: Duration,
    /// `BODY_TIMEOUT`.
    pub body_timeout: Duration,
}

impl Limits {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let limits = Self {
            rate: reader.value(&RATE_LIMIT, rate),
            max_calls: reader.value(&MAX_CALLS, parse::count),
            call_timeout: reader.value(&CALL_TIMEOUT, parse::positive_duration),
            max_tasks: reader.value(&MAX_TASKS, parse::count),
            task_timeout: reader.value(&TASK_TIMEOUT, parse::positive_duration),
            concurrency_wait: reader.value(&CONCURRENCY_WAIT, parse::duration),
            max_result_bytes: reader.value(&MAX_RESULT_SIZE, parse::size),
            max_stored_bytes: reader.value(&MAX_STORED_SIZE, parse::size),
            result_ttl: reader.value(&RESULT_TTL, parse::positive_duration),
            cache_bytes: reader.value(&CACHE_SIZE, parse::size),
            max_body_bytes: reader.value(&MAX_BODY_SIZE, parse::size),
            max_connections: reader.value(&MAX_CONNECTIONS, parse::count),
            header_timeout: reader.value(&HEADER_TIMEOUT, parse::positive_duration),
            body_timeout: reader.value(&BODY_TIMEOUT, parse::positive_duration),
        };
        if limits.max_result_bytes > limits.max_stored_bytes {
            reader.problem(&MAX_RESULT_SIZE, "must not be larger than MAX_STORED_SIZE");
        }
        limits
    }
}

/// `6000/1m`, `100/s`.
fn rate(text: &str) -> Result<Rate, String> {
    let expected = || "a rate like 6000/1m or 100/s".to_owned();
    let (calls, per) = text.split_once('/').ok_or_else(expected)?;
    let per = per.trim();
    let one = if per.starts_with(|c: char| c.is_ascii_digit()) { per.to_owned() } else { format!("1{per}") };
    let calls = calls.trim().parse().ok().filter(|calls| *calls > 0).ok_or_else(expected)?;
    Ok(Rate { calls, per: parse::positive_duration(&one).map_err(|_| expected())? })
}
