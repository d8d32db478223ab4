//! What SQLite says in its own way.

use puente_storage::Claim;
use sqlx::{
    Decode, Encode, Sqlite, Type,
    encode::IsNull,
    error::{BoxDynError, DatabaseError},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};
use uuid::Uuid;

use crate::{
    Connection,
    repositories::{JobRow, Time},
};

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
        "jobs.unique_key" => Some("jobs.unique_key"),
        _ => columns.split_once('.').filter(|(_, column)| *column == "id").map(|_| "id"),
    }
}

/// `SQLITE_READONLY` (8) and `SQLITE_FULL` (13), with their extended codes.
pub(crate) fn is_read_only(error: &dyn DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<u32>().ok());
    matches!(code.map(|code| code & 0xff), Some(8 | 13))
}

/// Holds rows that are read: nobody else writes meanwhile anyway.
pub(crate) const FOR_UPDATE: &str = "";

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

/// The machine's clock, to the millisecond, as leases are measured by it.
pub(crate) async fn now(connection: &mut Connection) -> sqlx::Result<Time> {
    let now = sqlx::query_scalar!(r#"SELECT CAST(unixepoch('now', 'subsec') * 1000000 AS INTEGER) AS "now!: Time""#);
    now.fetch_one(connection).await
}

/// Starts waiting jobs. The transaction is the only one that writes, so no two claims meet.
pub(crate) async fn claim_jobs(connection: &mut Connection, claim: &Claim<'_>) -> sqlx::Result<Vec<JobRow>> {
    let kinds = serde_json::to_string(claim.kinds).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let claimed = sqlx::query_as!(
        JobRow,
        r#"UPDATE jobs SET state = 'running', attempts = attempts + 1, holder = $1, lease_until = $2, started_at = $3
           WHERE id IN (
               SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $3 AND kind IN (SELECT value FROM json_each($4))
               ORDER BY priority DESC, run_at, id LIMIT $5)
           RETURNING id AS "id!: Uuid", kind, payload, state, priority AS "priority!: i64", unique_key,
                     attempts AS "attempts!: i64", max_attempts AS "max_attempts!: i64", run_at AS "run_at!: Time",
                     holder, lease_until AS "lease_until?: Time", cancel_requested AS "cancel_requested!: bool",
                     error, created_at AS "created_at!: Time", started_at AS "started_at?: Time",
                     finished_at AS "finished_at?: Time""#,
        claim.holder,
        Time(claim.until),
        Time(claim.now),
        kinds,
        claim.limit
    );
    claimed.fetch_all(connection).await
}

/// Running jobs whose lease has ended. Nobody else writes meanwhile.
pub(crate) async fn lost_jobs(connection: &mut Connection, now: Time, limit: i64) -> sqlx::Result<Vec<JobRow>> {
    let lost = sqlx::query_as!(
        JobRow,
        r#"SELECT id AS "id!: Uuid", kind, payload, state, priority AS "priority!: i64", unique_key,
                  attempts AS "attempts!: i64", max_attempts AS "max_attempts!: i64", run_at AS "run_at!: Time",
                  holder, lease_until AS "lease_until?: Time", cancel_requested AS "cancel_requested!: bool",
                  error, created_at AS "created_at!: Time", started_at AS "started_at?: Time",
                  finished_at AS "finished_at?: Time"
           FROM jobs WHERE state = 'running' AND lease_until <= $1 ORDER BY lease_until LIMIT $2"#,
        now,
        limit
    );
    lost.fetch_all(connection).await
}
