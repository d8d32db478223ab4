//! What PostgreSQL says in its own way.

use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::{BoxDynError, DatabaseError},
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
    types::time::OffsetDateTime,
};

use crate::{Connection, repositories::Time};

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
        constraint => constraint.ends_with("_pkey").then_some("id"),
    }
}

/// A standby or a read-only transaction (25006), a full disk (53100).
pub(crate) fn is_read_only(error: &dyn DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("25006" | "53100"))
}

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
