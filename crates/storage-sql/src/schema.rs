//! Which releases may serve on the schema: this one says so in the database, for those that do not know it.

use puente_storage::{Result, StorageError};

use super::from_sqlx;
use crate::Connection;

/// The oldest schema whose program may serve on the newest one. Migrations only expand, and contract a release later:
/// raise this with a migration that takes away what older programs use.
const SERVES_FROM: i64 = 1;

/// Says in the database who may serve. Only a program that knows the whole schema may call it.
pub(crate) async fn mark(connection: &mut Connection) -> Result<()> {
    let serves_from = SERVES_FROM.to_string();
    let marked = sqlx::query!(
        "INSERT INTO settings (name, value) VALUES ('schema_serves_from', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value <> excluded.value",
        serves_from
    );
    marked.execute(connection).await.map_err(from_sqlx)?;
    Ok(())
}

/// Lets a program go on if the schema is too new for it only in that it knows more: after a step back to the previous
/// release, and while replicas of both releases run side by side.
pub(crate) async fn allow(connection: &mut Connection, refused: StorageError) -> Result<()> {
    let StorageError::TooNew { found, known } = refused else { return Err(refused) };
    let serves_from = sqlx::query_scalar!("SELECT value FROM settings WHERE name = 'schema_serves_from'");
    let serves_from = serves_from.fetch_optional(connection).await.map_err(from_sqlx)?;
    if serves_from.and_then(|version| version.parse::<i64>().ok()).is_some_and(|oldest| oldest <= known) {
        tracing::warn!(found, known, "the database is that of a newer Puente, which lets this one serve");
        return Ok(());
    }
    Err(refused)
}
