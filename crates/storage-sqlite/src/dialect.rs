//! What SQLite says in its own way.

use sqlx::{
    Decode, Encode, Sqlite, Type,
    encode::IsNull,
    error::{BoxDynError, DatabaseError},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

use crate::{Connection, repositories::Time};

impl Type<Sqlite> for Time {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(ty)
    }
}

impl Encode<'_, Sqlite> for Time {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.micros()?, buffer)
    }
}

impl Decode<'_, Sqlite> for Time {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        <i64 as Decode<Sqlite>>::decode(value).map(Self::from_micros)
    }
}

/// The unique value that a row was refused for, from `UNIQUE constraint failed: users.email`.
pub(crate) fn taken(error: &dyn DatabaseError) -> Option<&'static str> {
    let (_, columns) = error.message().rsplit_once(": ")?;
    match columns {
        "users.email" => Some("users.email"),
        "refresh_tokens.hash" => Some("refresh_tokens.hash"),
        "api_keys.hash" => Some("keys.hash"),
        "api_keys.name" => Some("keys.name"),
        "teams.name" => Some("teams.name"),
        "servers.name" => Some("servers.name"),
        "sources.name" => Some("sources.name"),
        "tools.source_id, tools.name" => Some("tools.name"),
        "prompts.source_id, prompts.name" => Some("prompts.name"),
        "resources.source_id, resources.name" => Some("resources.name"),
        "resources.uri" => Some("resources.uri"),
        _ => columns.split_once('.').filter(|(_, column)| *column == "id").map(|_| "id"),
    }
}

/// `SQLITE_READONLY` (8) and `SQLITE_FULL` (13), with their extended codes.
pub(crate) fn is_read_only(error: &dyn DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    matches!(code.map(|code| code & 0xff), Some(8 | 13))
}

/// Takes or renews a lease by the machine's clock.
pub(crate) async fn acquire_lease(
    connection: &mut Connection,
    name: &str,
    holder: &str,
    micros: i64,
) -> sqlx::Result<bool> {
    let acquired = sqlx::query!(
        "INSERT INTO leases (name, holder, expires_at)
         VALUES ($1, $2, CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER) + $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.holder = excluded.holder
            OR leases.expires_at <= CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER)",
        name,
        holder,
        micros
    );
    Ok(acquired.execute(connection).await?.rows_affected() > 0)
}
