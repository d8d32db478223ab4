//! HTTP sources against servers of our own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod api;
mod documents;
