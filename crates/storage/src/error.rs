//! What can go wrong with a database, told apart by what the caller can do about it.

/// A failed storage operation. Messages are for the log; the API maps the variants to problems of its own.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Another row has this unique value: `users.email`, `sources.name`, …
    #[error("{0} is already taken")]
    Conflict(&'static str),
    /// The row was edited or deleted since the caller read it.
    #[error("{0} was changed by someone else")]
    Stale(&'static str),
    /// A row that this one refers to does not exist (any more).
    #[error("{0} does not exist")]
    Missing(&'static str),
    /// A value that a database cannot hold: text with NUL, or a moment before 4714 BC.
    #[error("{0} cannot be stored: it contains the character NUL, or lies before 4714 BC")]
    Unstorable(&'static str),
    /// A row that our own rules exclude: a bug, or an edit by hand.
    #[error("inconsistent row in {table}: {reason}")]
    Inconsistent {
        /// Where.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The database's schema is newer than this program.
    #[error("the database has schema version {found}, this program knows {known}: start a newer Puente on it")]
    TooNew {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// Another Puente serves from this database file.
    #[error("the data folder is in use by another Puente{}", process(*.pid))]
    InUse {
        /// Its process id, 0 if unknown.
        pid: u32,
    },
    /// A transfer or a restore has the database for itself.
    #[error("a transfer or a restore is at work on this database; wait for its end")]
    Moving,
    /// Servers or commands use the database.
    #[error("the database is in use by {0}; stop what uses it")]
    Occupied(String),
    /// No space, or read-only.
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    /// Anything else from the driver.
    #[error("database error")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn process(pid: u32) -> String {
    if pid == 0 { String::new() } else { format!(" (process {pid})") }
}
