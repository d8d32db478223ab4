//! What PostgreSQL says in its own way.

use puente_storage::Claim;
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::{BoxDynError, DatabaseError},
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
    types::time::OffsetDateTime,
};
use uuid::Uuid;

use crate::{
    Connection,
    repositories::{JobRow, Time},
};

/// 2000-01-01T00:00:00Z, from which `timestamptz` counts, in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

impl Type<Postgres> for Time {
    fn type_info() -> PgTypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for Time {
    fn array_type_info() -> PgTypeInfo {
        <OffsetDateTime as PgHasArrayType>::array_type_info()
    }
}

/// In the binary format `timestamptz` is an integer; [`OffsetDateTime`] would end at the year 9999.
impl Encode<'_, Postgres> for Time {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.micros()? - EPOCH, buffer)
    }
}

impl Decode<'_, Postgres> for Time {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        <i64 as Decode<Postgres>>::decode(value).map(|micros| Self::from_micros(micros.saturating_add(EPOCH)))
    }
}

/// The unique value that a row was refused for.
pub(crate) fn taken(error: &dyn DatabaseError) -> Option<&'static str> {
    match error.constraint()? {
        "users_email_key" => Some("users.email"),
        "refresh_tokens_pkey" => Some("refresh_tokens.hash"),
        "api_keys_name_key" => Some("keys.name"),
        "api_keys_hash_key" => Some("keys.hash"),
        "teams_name_key" => Some("teams.name"),
        "servers_name_key" => Some("servers.name"),
        "sources_name_key" => Some("sources.name"),
        "tools_source_id_name_key" => Some("tools.name"),
        "prompts_source_id_name_key" => Some("prompts.name"),
        "resources_source_id_name_key" => Some("resources.name"),
        "resources_uri_key" => Some("resources.uri"),
        "jobs_unique_key" => Some("jobs.unique_key"),
        constraint => constraint.ends_with("_pkey").then_some("id"),
    }
}

/// A standby or a read-only transaction (25006), a full disk (53100).
pub(crate) fn is_read_only(error: &dyn DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("25006" | "53100"))
}

/// Holds rows that are read until the transaction ends.
pub(crate) const FOR_UPDATE: &str = " FOR UPDATE";

/// Takes or renews a lease by the database's clock.
pub(crate) async fn acquire_lease(
    connection: &mut Connection,
    name: &str,
    holder: &str,
    micros: i64,
) -> sqlx::Result<bool> {
    let acquired = sqlx::query!(
        "INSERT INTO leases (name, holder, expires_at)
         VALUES ($1, $2, clock_timestamp() + CAST($3 AS bigint) * INTERVAL '1 microsecond')
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.holder = excluded.holder OR leases.expires_at <= clock_timestamp()",
        name,
        holder,
        micros
    );
    Ok(acquired.execute(connection).await?.rows_affected() > 0)
}

/// The database's clock; it goes on within a transaction.
pub(crate) async fn now(connection: &mut Connection) -> sqlx::Result<Time> {
    sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!: Time""#).fetch_one(connection).await
}

/// Starts waiting jobs that no other claim is about to start. The inner statement is an array, so that it runs once:
/// as a subquery the planner may repeat it and lock more rows than it was limited to.
pub(crate) async fn claim_jobs(connection: &mut Connection, claim: &Claim<'_>) -> sqlx::Result<Vec<JobRow>> {
    let kinds: Vec<String> = claim.kinds.iter().map(|&kind| kind.to_owned()).collect();
    let claimed = sqlx::query_as!(
        JobRow,
        r#"UPDATE jobs SET state = 'running', attempts = attempts + 1, holder = $1, lease_until = $2, started_at = $3
           WHERE id = ANY (ARRAY (
               SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $3 AND kind = ANY ($4)
               ORDER BY priority DESC, run_at, id LIMIT $5 FOR UPDATE SKIP LOCKED))
           RETURNING id AS "id!: Uuid", kind, payload, state, priority AS "priority!: i64", unique_key,
                     attempts AS "attempts!: i64", max_attempts AS "max_attempts!: i64", run_at AS "run_at!: Time",
                     holder, lease_until AS "lease_until?: Time", cancel_requested AS "cancel_requested!: bool",
                     error, created_at AS "created_at!: Time", started_at AS "started_at?: Time",
                     finished_at AS "finished_at?: Time""#,
        claim.holder,
        Time(claim.until) as Time,
        Time(claim.now) as Time,
        &kinds,
        i64::from(claim.limit)
    );
    claimed.fetch_all(connection).await
}

/// Running jobs whose lease has ended and that nobody else is about to take.
pub(crate) async fn lost_jobs(connection: &mut Connection, now: Time, limit: i64) -> sqlx::Result<Vec<JobRow>> {
    let lost = sqlx::query_as!(
        JobRow,
        r#"SELECT id AS "id!: Uuid", kind, payload, state, priority AS "priority!: i64", unique_key,
                  attempts AS "attempts!: i64", max_attempts AS "max_attempts!: i64", run_at AS "run_at!: Time",
                  holder, lease_until AS "lease_until?: Time", cancel_requested AS "cancel_requested!: bool",
                  error, created_at AS "created_at!: Time", started_at AS "started_at?: Time",
                  finished_at AS "finished_at?: Time"
           FROM jobs WHERE state = 'running' AND lease_until <= $1
           ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED"#,
        now as Time,
        limit
    );
    lost.fetch_all(connection).await
}
