//! The catalog and the life of a call, on a real SQLite database and a source that the tests control.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod apply;
mod audit;
mod cache;
mod calls;
mod circuit;
mod discovery;
mod edits;
mod fake;
mod flaky;
mod lists;
mod reload;
mod results;
mod secrets;
mod sessions;
mod tasks;
mod world;
