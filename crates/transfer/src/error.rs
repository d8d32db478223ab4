//! What can go wrong, in words for the operator: what, where, and what to do.

use puente_storage::StorageError;

/// Why a transfer, a backup or a restore did not happen. The source is as it was, and so is the target.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A server or a command works on one of the databases.
    #[error("{0}")]
    InUse(String),
    /// Something must be done first.
    #[error("{0}")]
    Refused(String),
    /// The pre-flight found what keeps the transfer from being done; nothing was changed.
    #[error("the pre-flight found {} {}; nothing was changed:\n{}", .0.len(), if .0.len() == 1 { "problem" } else { "problems" }, lines(.0))]
    Preflight(Vec<String>),
    /// Both sides do not hold the same.
    #[error("the verification failed; nothing was changed:\n{}", lines(.0))]
    Different(Vec<String>),
    /// A file is not what it should be.
    #[error("{path}: {reason}")]
    BadFile {
        /// Which.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No connection, no schema, no rights.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// PostgreSQL refused or was lost.
    #[error("{doing}: PostgreSQL says: {}", said(.source))]
    Postgres {
        /// `the transfer into table users`
        doing: String,
        /// Why.
        source: sqlx::Error,
    },
    /// SQLite refused.
    #[error("{doing}: SQLite says: {source}")]
    Sqlite {
        /// `reading table users`
        doing: String,
        /// Why.
        source: rusqlite::Error,
    },
    /// A file could not be read or written.
    #[error("{doing}: {source}")]
    Io {
        /// `writing backups/x.puente`
        doing: String,
        /// Why.
        source: std::io::Error,
    },
    /// A thread of ours ended early; its own error says more.
    #[error("the work was interrupted")]
    Interrupted,
}

/// What everything here returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

fn lines(all: &[String]) -> String {
    all.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}

/// The server's own words with their detail; never the address, which carries a password.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => {
            let detail = database
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .and_then(|error| error.detail())
                .map(|detail| format!(" ({detail})"));
            format!("{}{}", database.message(), detail.unwrap_or_default())
        }
        sqlx::Error::Io(error) => format!("the connection was lost ({error})"),
        error => error.to_string(),
    }
}

pub(crate) fn postgres(doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Error {
    move |source| Error::Postgres { doing: doing.into(), source }
}

pub(crate) fn sqlite(doing: impl Into<String>) -> impl FnOnce(rusqlite::Error) -> Error {
    move |source| Error::Sqlite { doing: doing.into(), source }
}

pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { doing: doing.into(), source }
}
