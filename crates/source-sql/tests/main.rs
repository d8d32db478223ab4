//! SQL sources against real databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod chinook;
mod draft;
mod example;
mod mariadb;
mod postgres;
mod sqlite;
mod support;
