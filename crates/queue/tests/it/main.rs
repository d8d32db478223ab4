//! The queue on both databases: what one process sees, and what becomes of jobs when processes are killed.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod bench;
mod crashes;
mod life;
mod process;
mod recurring;
mod soak;
