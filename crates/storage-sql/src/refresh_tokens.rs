//! Refresh tokens.

use async_trait::async_trait;
use puente_domain::{FamilyId, Timestamp, UserId, user::RefreshToken};
use puente_storage::{RefreshTokenRepository, Result, StorageError};
use uuid::Uuid;

use super::{SqlTransaction, Time, column, time::moment};

struct Row {
    hash: Vec<u8>,
    family: Uuid,
    user_id: Uuid,
    expires_at: Time,
    used_at: Option<Time>,
    revoked_at: Option<Time>,
    created_at: Time,
}

impl TryFrom<Row> for RefreshToken {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            hash: column::hash("refresh_tokens", &row.hash)?,
            family: FamilyId(row.family),
            user: UserId(row.user_id),
            expires_at: row.expires_at.0,
            used_at: moment(row.used_at),
            revoked_at: moment(row.revoked_at),
            created_at: row.created_at.0,
        })
    }
}

#[async_trait]
impl RefreshTokenRepository for SqlTransaction {
    async fn add(&mut self, token: &RefreshToken) -> Result<()> {
        sqlx::query!(
            "INSERT INTO refresh_tokens (hash, family, user_id, expires_at, used_at, revoked_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &token.hash[..],
            token.family.0,
            token.user.0,
            Time(token.expires_at),
            token.used_at.map(Time),
            token.revoked_at.map(Time),
            Time(token.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "refresh_tokens.user"))?;
        Ok(())
    }

    async fn find(&mut self, hash: &[u8; 32]) -> Result<Option<RefreshToken>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT hash AS "hash!: Vec<u8>", family AS "family!: Uuid", user_id AS "user_id!: Uuid",
                      expires_at AS "expires_at!: Time", used_at AS "used_at?: Time", revoked_at AS "revoked_at?: Time",
                      created_at AS "created_at!: Time"
               FROM refresh_tokens WHERE hash = $1"#,
            &hash[..]
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(RefreshToken::try_from).transpose()
    }

    async fn mark_used(&mut self, hash: &[u8; 32], at: Timestamp) -> Result<bool> {
        let marked = sqlx::query!(
            "UPDATE refresh_tokens SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND revoked_at IS NULL",
            Time(at),
            &hash[..]
        );
        let marked = marked.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(marked.rows_affected() > 0)
    }

    async fn revoke_family(&mut self, family: FamilyId, at: Timestamp) -> Result<()> {
        sqlx::query!(
            "UPDATE refresh_tokens SET revoked_at = $1 WHERE family = $2 AND revoked_at IS NULL",
            Time(at),
            family.0
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn revoke_user(&mut self, user: UserId, at: Timestamp) -> Result<()> {
        sqlx::query!(
            "UPDATE refresh_tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL",
            Time(at),
            user.0
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        let browsers = sqlx::query!("DELETE FROM web_sessions WHERE user_id = $1", user.0);
        browsers.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn family_alive(&mut self, family: FamilyId, now: Timestamp) -> Result<bool> {
        let usable = sqlx::query_scalar!(
            r#"SELECT COUNT(*) AS "count!: i64" FROM refresh_tokens
               WHERE family = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2"#,
            family.0,
            Time(now)
        );
        let usable = usable.fetch_one(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(usable > 0)
    }

    async fn prune(&mut self, before: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM refresh_tokens WHERE expires_at < $1", Time(before));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}
