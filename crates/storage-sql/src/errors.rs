//! Driver errors, told apart by what the caller can do about them.

use puente_storage::StorageError;
use sqlx::{error::ErrorKind, migrate::MigrateError};

use super::time::TooEarly;
use crate::dialect;

/// An error that the caller can do nothing about.
pub(crate) fn driver(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StorageError {
    StorageError::Driver(error.into())
}

/// What a driver's error means.
pub(crate) fn from_sqlx(error: sqlx::Error) -> StorageError {
    match &error {
        sqlx::Error::Encode(cause) if cause.is::<TooEarly>() => StorageError::Unstorable("time"),
        sqlx::Error::Database(database) => {
            if database.kind() == ErrorKind::UniqueViolation
                && let Some(column) = dialect::taken(database.as_ref())
            {
                return StorageError::Conflict(column);
            }
            if dialect::is_read_only(database.as_ref()) {
                return StorageError::ReadOnly(database.message().to_owned());
            }
            driver(error)
        }
        _ => driver(error),
    }
}

/// As [`from_sqlx`], where a row may refer to one that does not exist: `missing`.
pub(super) fn from_reference(error: sqlx::Error, missing: &'static str) -> StorageError {
    match &error {
        sqlx::Error::Database(database) if database.kind() == ErrorKind::ForeignKeyViolation => {
            StorageError::Missing(missing)
        }
        _ => from_sqlx(error),
    }
}

/// What a failed migration means; `known` is the newest migration of this program.
pub(crate) fn from_migrate(error: MigrateError, known: i64) -> StorageError {
    match error {
        MigrateError::VersionMissing(found) if found > known => StorageError::TooNew { found, known },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => from_sqlx(error),
        error => driver(error),
    }
}
