//! Puente's storage on SQLite: a file in the data folder.
//!
//! One connection writes (`BEGIN IMMEDIATE`), a few read. The file is in WAL mode with `synchronous=FULL`: what was
//! saved survives `kill -9` and a power cut. Everybody who has it open shares a lock, which a transfer wants for itself. The repositories are shared with PostgreSQL; see `../storage-sql`.

mod dialect;
mod lock;
mod migrate;
mod open;
#[path = "../../storage-sql/src/mod.rs"]
mod repositories;
mod storage;

pub use lock::{DataLock, UseLock, claim_database, forget_lock, lock_data_folder, share_database};
pub use migrate::newest_migration;
pub use open::{SqliteOptions, open};
pub use storage::SqliteStorage;

/// The database that sqlx checks the shared queries against.
type Db = sqlx::Sqlite;
type Connection = sqlx::SqliteConnection;
