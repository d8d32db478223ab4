//! The schema: migrations are appended, never changed.

use puente_storage::Result;
use sqlx::{PgConnection, migrate::Migrator};

use crate::repositories::{from_migrate, schema};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The newest migration that this program knows.
#[must_use]
pub fn newest_migration() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Brings the schema up to date, under an advisory lock: processes that start at once wait for the first. The lock ends
/// with the connection, which is not used any further.
pub(crate) async fn migrate(mut connection: PgConnection) -> Result<()> {
    match migrate_within(&mut connection).await {
        Ok(()) => Ok(()),
        Err(error) => schema::allow(&mut connection, error).await,
    }
}

/// The same on a connection that goes on: within its transaction, if it has one.
///
/// # Errors
/// [`StorageError::TooNew`](puente_storage::StorageError::TooNew) if a newer Puente has changed the schema.
pub async fn migrate_within(connection: &mut PgConnection) -> Result<()> {
    // `run` would give a future that cannot be spawned (sqlx says so where it defines `run_direct`).
    let done = MIGRATIONS.run_direct(None, &mut *connection, false).await;
    done.map_err(|error| from_migrate(error, newest_migration()))?;
    schema::mark(connection).await
}
