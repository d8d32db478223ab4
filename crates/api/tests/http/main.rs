//! The API from outside: over a loopback listener, on a real SQLite database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authentication;
mod documents;
mod edits;
mod hosts;
mod limits;
mod lists;
mod mcp;
mod oauth;
mod problems;
mod proxies;
mod rate;
mod roles;
mod sign_in;
mod world;
