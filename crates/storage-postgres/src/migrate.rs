//! The schema: migrations are appended, never changed.

use puente_storage::Result;
use sqlx::{PgConnection, migrate::Migrator};

use crate::repositories::from_migrate;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Brings the schema up to date, under an advisory lock: processes that start at once wait for the first. The lock ends
/// with the connection, which is not used any further.
pub(crate) async fn migrate(mut connection: PgConnection) -> Result<()> {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    // `run` would give a future that cannot be spawned (sqlx says so where it defines `run_direct`).
    MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(|error| from_migrate(error, known))
}
