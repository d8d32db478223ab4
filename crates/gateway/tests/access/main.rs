//! Identity and administration, on a real SQLite database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod grants;
mod keys;
mod report;
mod secrets;
mod servers;
mod sign_in;
mod teams;
mod tokens;
mod users;
mod world;
