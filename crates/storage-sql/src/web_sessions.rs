//! Browsers that are signed in.

use async_trait::async_trait;
use puente_domain::{Timestamp, UserId, oauth::WebSession};
use puente_storage::{Result, StorageError, WebSessionRepository};
use uuid::Uuid;

use super::{SqlTransaction, Time, column};

struct Row {
    hash: Vec<u8>,
    user_id: Uuid,
    expires_at: Time,
    created_at: Time,
}

impl TryFrom<Row> for WebSession {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            hash: column::hash("web_sessions", &row.hash)?,
            user: UserId(row.user_id),
            expires_at: row.expires_at.0,
            created_at: row.created_at.0,
        })
    }
}

#[async_trait]
impl WebSessionRepository for SqlTransaction {
    async fn add(&mut self, session: &WebSession) -> Result<()> {
        sqlx::query!(
            "INSERT INTO web_sessions (hash, user_id, expires_at, created_at) VALUES ($1, $2, $3, $4)",
            &session.hash[..],
            session.user.0,
            Time(session.expires_at),
            Time(session.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "web_sessions.user"))?;
        Ok(())
    }

    async fn find(&mut self, hash: &[u8; 32], now: Timestamp) -> Result<Option<WebSession>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT hash AS "hash!: Vec<u8>", user_id AS "user_id!: Uuid", expires_at AS "expires_at!: Time",
                      created_at AS "created_at!: Time"
               FROM web_sessions WHERE hash = $1 AND expires_at > $2"#,
            &hash[..],
            Time(now)
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(WebSession::try_from).transpose()
    }

    async fn remove(&mut self, hash: &[u8; 32]) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM web_sessions WHERE hash = $1", &hash[..]);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn prune(&mut self, now: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM web_sessions WHERE expires_at <= $1", Time(now));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}
