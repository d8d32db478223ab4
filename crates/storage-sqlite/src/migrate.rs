//! The schema: migrations are appended, never changed.

use puente_storage::Result;
use sqlx::{Connection as _, SqliteConnection, migrate::Migrator};

use crate::repositories::{from_migrate, from_sqlx, schema};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The newest migration that this program knows.
#[must_use]
pub fn newest_migration() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Brings the schema up to date. All in one write transaction, so that processes that open at once wait for the first,
/// and a process that is killed in between leaves the schema as it was.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(from_sqlx)?;
    let known = newest_migration();
    // `run` would give a future that cannot be spawned (sqlx says so where it defines `run_direct`).
    match MIGRATIONS.run_direct(None, &mut *transaction, false).await {
        Ok(()) => schema::mark(&mut transaction).await?,
        Err(error) => schema::allow(&mut transaction, from_migrate(error, known)).await?,
    }
    transaction.commit().await.map_err(from_sqlx)
}
