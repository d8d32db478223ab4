//! Puente's storage on PostgreSQL 14 or newer; no extension is needed.
//!
//! Several processes may use one database. Reading transactions are `REPEATABLE READ, READ ONLY`, writing ones
//! `READ COMMITTED`. The repositories are shared with SQLite; see `../storage-sql`.

mod connect;
mod dialect;
mod migrate;
mod presence;
#[path = "../../storage-sql/src/mod.rs"]
mod repositories;
mod storage;

pub use connect::{PostgresOptions, connect};
pub use migrate::{migrate_within, newest_migration};
pub use presence::{claim, claim_idle, release};
pub use storage::PostgresStorage;

use presence::Presence;

/// The database that sqlx checks the shared queries against.
type Db = sqlx::Postgres;
type Connection = sqlx::PgConnection;
