//! Named moments at which the tests interrupt a transfer, a backup or a restore.
//!
//! A debug build that finds `PUENTE_FAULT=NAME:FILE` writes `NAME` into `FILE` when it gets there, and waits until the
//! file is gone; meanwhile the test kills it, cuts its connection, or takes its disk away. A release build has no such
//! moments.

use std::{path::Path, time::Duration};

const VARIABLE: &str = "PUENTE_FAULT";
const PAUSE: Duration = Duration::from_millis(5);

/// Waits here if the test says so.
pub(crate) async fn point(name: &str) {
    let Some(file) = file_of(name) else { return };
    while Path::new(&file).exists() {
        tokio::time::sleep(PAUSE).await;
    }
}

/// As [`point`], on a thread that may block.
pub(crate) fn point_blocking(name: &str) {
    let Some(file) = file_of(name) else { return };
    while Path::new(&file).exists() {
        std::thread::sleep(PAUSE);
    }
}

/// The file to wait for, once: the first time that this point is reached.
fn file_of(name: &str) -> Option<String> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let wanted = std::env::var(VARIABLE).ok()?;
    let file = wanted.strip_prefix(name)?.strip_prefix(':')?;
    let mark = std::fs::OpenOptions::new().write(true).create_new(true).open(format!("{file}.once"));
    mark.ok()?;
    std::fs::write(file, name).ok()?;
    Some(file.to_owned())
}
