//! One end of a transfer: an SQLite file or a PostgreSQL database, read and written through one transaction.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection as SqliteConnection, OpenFlags, config::DbConfig};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    backup::Archive,
    batch::{Receiver, Sender},
    error::{Error, Result, postgres, sqlite},
    postgres as pg,
    schema::{Schema, Table},
    sqlite as lite,
};

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file.
    Sqlite(PathBuf),
    /// A server's database, with the password.
    Postgres(SecretString),
    /// A backup, which can only be read.
    Backup(Arc<Archive>),
}

impl Place {
    /// For people: never a password.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(url) => match PgConnectOptions::from_str(url.expose_secret()) {
                Ok(options) => format!(
                    "postgresql://{}@{}:{}/{}",
                    options.get_username(),
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or_default()
                ),
                Err(_) => "postgresql:".to_owned(),
            },
            Self::Backup(archive) => archive.path().display().to_string(),
        }
    }
}

/// An open database within a transaction.
pub(crate) enum Side {
    Sqlite(Arc<Mutex<SqliteConnection>>),
    Postgres(Box<PgSide>),
    Backup(Arc<Archive>),
}

/// The one connection, and its transaction.
pub(crate) struct PgSide {
    transaction: Transaction<'static, Postgres>,
    pool: PgPool,
}

impl PgSide {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

/// A transaction of PostgreSQL that sees what others commit.
pub(crate) const CURRENT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// One that sees one moment and changes nothing.
pub(crate) const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// How long to wait for a command that writes.
const PATIENCE: Duration = Duration::from_secs(10);

impl Side {
    /// Opens an SQLite file with a transaction that keeps everybody from writing, and nobody from reading.
    pub(crate) fn sqlite(path: &Path) -> Result<Self> {
        let doing = || sqlite(format!("opening {}", path.display()));
        if !path.exists() {
            return Err(Error::Refused(format!("there is no file {}", path.display())));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = SqliteConnection::open_with_flags(path, flags).map_err(doing())?;
        connection.busy_timeout(PATIENCE).map_err(doing())?;
        // The file stays as it is, and so does its write-ahead log.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(doing())?;
        connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE").map_err(doing())?;
        Ok(Self::Sqlite(Arc::new(Mutex::new(connection))))
    }

    /// Opens a new SQLite file to be filled, fast: it is worth nothing before its end, when it is synced as a whole.
    pub(crate) fn sqlite_draft(path: &Path) -> Result<Self> {
        let doing = || sqlite(format!("opening {}", path.display()));
        let connection = SqliteConnection::open(path).map_err(doing())?;
        connection.query_row("PRAGMA journal_mode = OFF", [], |_| Ok(())).map_err(doing())?;
        let settings = "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA locking_mode = EXCLUSIVE;
                        PRAGMA temp_store = FILE; PRAGMA cache_size = -16384; BEGIN";
        connection.execute_batch(settings).map_err(doing())?;
        Ok(Self::Sqlite(Arc::new(Mutex::new(connection))))
    }

    /// Opens an SQLite file to look at one moment of it, while others write.
    pub(crate) fn sqlite_snapshot(path: &Path) -> Result<Self> {
        let doing = || sqlite(format!("opening {}", path.display()));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = SqliteConnection::open_with_flags(path, flags).map_err(doing())?;
        connection.busy_timeout(PATIENCE).map_err(doing())?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(doing())?;
        connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema").map_err(doing())?;
        Ok(Self::Sqlite(Arc::new(Mutex::new(connection))))
    }

    /// Opens any SQLite file to look at one moment of it.
    pub(crate) fn sqlite_foreign(path: &Path) -> Result<Self> {
        if path.exists() {
            Self::sqlite_snapshot(path)
        } else {
            Err(Error::Refused(format!("there is no file {}", path.display())))
        }
    }

    /// Connects, and begins a transaction: [`CURRENT`] or [`SNAPSHOT`].
    pub(crate) async fn postgres(url: &SecretString, begin: &'static str) -> Result<Self> {
        let doing = || postgres("connecting");
        let options = PgConnectOptions::from_str(url.expose_secret()).map_err(doing())?;
        // Nobody waits for a person here.
        let settings =
            [("idle_in_transaction_session_timeout", "0"), ("statement_timeout", "0"), ("lock_timeout", "60s")];
        let options = options.application_name("puente transfer").options(settings);
        let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
        let pool = pool.connect_with(options).await.map_err(doing())?;
        let transaction = pool.begin_with(begin).await.map_err(doing())?;
        Ok(Self::Postgres(Box::new(PgSide { transaction, pool })))
    }

    pub(crate) async fn schema(&mut self) -> Result<Schema> {
        match self {
            Self::Sqlite(connection) => with(connection.clone(), lite::read_schema).await,
            Self::Postgres(side) => pg::read_schema(side.connection()).await,
            Self::Backup(archive) => Ok(archive.schema()),
        }
    }

    /// Sends every row of the tables.
    pub(crate) async fn read(&mut self, tables: &[Table], to: Sender) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let tables = tables.to_vec();
                with(connection.clone(), move |connection| lite::read(connection, &tables, to)).await
            }
            Self::Postgres(side) => pg::read(side.connection(), tables, to).await,
            Self::Backup(archive) => {
                let (tables, archive) = (tables.to_vec(), archive.clone());
                let read = tokio::task::spawn_blocking(move || archive.read(&tables, to)).await;
                read.map_err(|_| Error::Interrupted)?
            }
        }
    }

    /// Writes every row that comes.
    pub(crate) async fn write(&mut self, tables: &[Table], mut from: Receiver) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let tables = tables.to_vec();
                with(connection.clone(), move |connection| lite::write(connection, &tables, &mut from)).await
            }
            Self::Postgres(side) => pg::write(side.connection(), tables, &mut from).await,
            Self::Backup(_) => Err(read_only()),
        }
    }

    /// Runs statements; `doing` is for the error.
    pub(crate) async fn run(&mut self, sql: impl Into<String>, doing: &str) -> Result<()> {
        let sql = sql.into();
        match self {
            Self::Sqlite(connection) => {
                let doing = doing.to_owned();
                with(connection.clone(), move |connection| connection.execute_batch(&sql).map_err(sqlite(doing))).await
            }
            Self::Postgres(side) => {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(side.connection()).await.map_err(postgres(doing))?;
                Ok(())
            }
            Self::Backup(_) => Err(read_only()),
        }
    }

    /// The numbers of a statement's rows, with the text before each.
    pub(crate) async fn counts(&mut self, sql: String) -> Result<Vec<(String, i64)>> {
        match self {
            Self::Sqlite(connection) => with(connection.clone(), move |connection| {
                let mut statement = connection.prepare(&sql)?;
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect::<rusqlite::Result<_>>()
            })
            .await
            .map_err(sqlite("counting")),
            Self::Postgres(side) => {
                let rows = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(side.connection()).await;
                rows.map_err(postgres("counting"))
            }
            Self::Backup(_) => Ok(Vec::new()),
        }
    }

    /// A small value of `settings`.
    pub(crate) async fn setting(&mut self, name: &'static str) -> Result<Option<String>> {
        let sql = "SELECT value FROM settings WHERE name = $1";
        match self {
            Self::Sqlite(connection) => with(connection.clone(), move |connection| {
                let mut statement = connection.prepare(sql)?;
                let mut rows = statement.query([name])?;
                rows.next()?.map(|row| row.get(0)).transpose()
            })
            .await
            .map_err(sqlite("reading settings")),
            Self::Postgres(side) => {
                let value = sqlx::query_scalar(sql).bind(name).fetch_optional(side.connection()).await;
                value.map_err(postgres("reading settings"))
            }
            Self::Backup(_) => Ok(None),
        }
    }

    /// Adds or replaces a small value of `settings`.
    pub(crate) async fn set_setting(&mut self, name: &'static str, value: String) -> Result<()> {
        let sql = "INSERT INTO settings (name, value) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        match self {
            Self::Sqlite(connection) => {
                let set = move |connection: &SqliteConnection| connection.execute(sql, [name, &value]);
                with(connection.clone(), set).await.map_err(sqlite("writing settings"))?;
            }
            Self::Postgres(side) => {
                let set = sqlx::query(sql).bind(name).bind(value).execute(side.connection()).await;
                set.map_err(postgres("writing settings"))?;
            }
            Self::Backup(_) => return Err(read_only()),
        }
        Ok(())
    }

    /// Makes everything permanent, and ends the connection.
    pub(crate) async fn commit(self, doing: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => {
                let doing = doing.to_owned();
                with(connection, move |connection| connection.execute_batch("COMMIT").map_err(sqlite(doing))).await
            }
            Self::Postgres(side) => {
                side.transaction.commit().await.map_err(postgres(doing))?;
                side.pool.close().await;
                Ok(())
            }
            Self::Backup(_) => Err(read_only()),
        }
    }

    /// Ends the transaction without a trace, and the connection.
    pub(crate) async fn close(self) {
        match self {
            // Dropping rolls back.
            Self::Sqlite(_) | Self::Backup(_) => {}
            Self::Postgres(side) => {
                // A connection that is gone has rolled back already.
                let _ = side.transaction.rollback().await;
                side.pool.close().await;
            }
        }
    }
}

fn read_only() -> Error {
    Error::Refused("a backup is only read".to_owned())
}

/// Works with the connection on a thread that may block.
pub(crate) async fn with<T: Send + 'static>(
    connection: Arc<Mutex<SqliteConnection>>,
    work: impl FnOnce(&SqliteConnection) -> T + Send + 'static,
) -> T {
    let work = move || {
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
