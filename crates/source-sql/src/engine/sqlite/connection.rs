//! Opening a database file.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags, config::DbConfig, limits::Limit};

use super::{super::EngineError, authorizer::Authorizer, functions, views::Views};
use crate::pool::Manager;

/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// SQLite asks after so many instructions whether to go on: well under a millisecond.
const INSTRUCTIONS_PER_CHECK: i32 = 2000;
/// The longest value, in bytes: `zeroblob(1e9)` must not take the memory.
const MAX_VALUE_BYTES: i32 = 64 << 20;
/// The longest value of an ad-hoc statement, and its longest pattern for LIKE: one function on them is done at once.
const MAX_AD_HOC_BYTES: i32 = 1 << 20;
const MAX_AD_HOC_PATTERN: i32 = 250;
/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 128;

/// Opens connections to a file.
#[derive(Clone)]
pub(super) struct Opener {
    pub(super) file: String,
    pub(super) writes: bool,
    /// The only tables that can be read; all if empty.
    pub(super) tables: Arc<[String]>,
    /// For statements that are not the catalog's.
    pub(super) ad_hoc: bool,
}

/// An open connection.
pub(crate) struct Session {
    pub(super) connection: Connection,
    /// Stops the statement that runs on it.
    pub(super) stop: Stop,
    pub(super) authorizer: Authorizer,
    /// What reads for the listed tables.
    pub(super) views: Views,
}

/// Tells the statement that runs on a connection to stop. Cheap to clone.
///
/// Statements are numbered, so that a late request cannot stop the next one on the same connection.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Numbers>);

#[derive(Default)]
struct Numbers {
    running: AtomicU64,
    stopped: AtomicU64,
}

/// The number of a statement.
#[derive(Clone, Copy)]
pub(super) struct Number(u64);

impl Stop {
    /// The next statement begins.
    pub(super) fn start(&self) -> Number {
        Number(self.0.running.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Stops a statement; also one that has not started yet.
    pub(super) fn request(&self, statement: Number) {
        self.0.stopped.fetch_max(statement.0, Ordering::Relaxed);
    }

    /// Whether the running statement was stopped.
    pub(super) fn is_requested(&self) -> bool {
        let running = self.0.running.load(Ordering::Relaxed);
        running > 0 && self.0.stopped.load(Ordering::Relaxed) == running
    }
}

impl Opener {
    fn open(&self) -> Result<Session, EngineError> {
        if !fs::metadata(&self.file).is_ok_and(|file| file.is_file()) {
            return Err(EngineError::Unreachable {
                message: "the database file does not exist".to_owned(),
                cause: None,
            });
        }
        let mode = if self.writes { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        Connection::open_with_flags(&self.file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .and_then(|connection| self.prepare(connection))
            .map_err(|error| EngineError::unreachable("the database file cannot be opened", error))
    }

    fn prepare(&self, connection: Connection) -> rusqlite::Result<Session> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // A misspelt "column" is an error, and not the text 'column'.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Reads the file, so that one that is no database is found here.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
        if self.ad_hoc {
            connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_AD_HOC_BYTES)?;
            connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_AD_HOC_PATTERN)?;
            functions::install(&connection)?;
        }
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let stop = Stop::default();
        let asked = stop.clone();
        connection.progress_handler(INSTRUCTIONS_PER_CHECK, Some(move || asked.is_requested()))?;
        let views = Views::of(&connection, &self.tables)?;
        let authorizer = Authorizer::install(&connection, self.writes, Arc::clone(&self.tables), views.clone())?;
        Ok(Session { connection, stop, authorizer, views })
    }
}

#[async_trait]
impl Manager for Opener {
    type Connection = Session;

    async fn connect(&self) -> Result<Session, EngineError> {
        let opener = self.clone();
        tokio::task::spawn_blocking(move || opener.open())
            .await
            .unwrap_or_else(|panicked| Err(EngineError::unreadable(panicked)))
    }

    async fn is_alive(&self, _: &mut Session) -> bool {
        fs::metadata(&self.file).is_ok()
    }
}
