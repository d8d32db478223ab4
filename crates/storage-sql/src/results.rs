//! Oversized results.

use async_trait::async_trait;
use puente_domain::{ResultId, Subject, Timestamp, session::StoredResult};
use puente_storage::{Result, ResultRepository, StorageError};
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    subject::{subject, subject_text},
    text::storable,
};

struct Row {
    id: Uuid,
    subject: String,
    mime_type: String,
    body: Vec<u8>,
    expires_at: Time,
    created_at: Time,
}

impl TryFrom<Row> for StoredResult {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ResultId(row.id),
            subject: subject("results", &row.subject)?,
            mime_type: row.mime_type,
            body: row.body,
            expires_at: row.expires_at.0,
            created_at: row.created_at.0,
        })
    }
}

#[async_trait]
impl ResultRepository for SqlTransaction {
    async fn add(&mut self, result: &StoredResult) -> Result<()> {
        sqlx::query!(
            "INSERT INTO results (id, subject, mime_type, body, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            result.id.0,
            subject_text(result.subject),
            storable("results.mime_type", &result.mime_type)?,
            &result.body[..],
            Time(result.expires_at),
            Time(result.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn get(&mut self, id: ResultId, subject: Subject, now: Timestamp) -> Result<Option<StoredResult>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", subject, mime_type, body AS "body!: Vec<u8>",
                      expires_at AS "expires_at!: Time", created_at AS "created_at!: Time"
               FROM results WHERE id = $1 AND subject = $2 AND expires_at > $3"#,
            id.0,
            subject_text(subject),
            Time(now)
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(StoredResult::try_from).transpose()
    }

    async fn prune(&mut self, now: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM results WHERE expires_at <= $1", Time(now));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}

impl SqlTransaction {
    /// Deletes what is kept for a subject: sessions, results and tasks.
    pub(super) async fn forget(&mut self, subject: Subject) -> Result<()> {
        let subject = subject_text(subject);
        let sessions = sqlx::query!("DELETE FROM mcp_sessions WHERE subject = $1", subject);
        sessions.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        let results = sqlx::query!("DELETE FROM results WHERE subject = $1", subject);
        results.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        let tasks = sqlx::query!("DELETE FROM tasks WHERE subject = $1", subject);
        tasks.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(())
    }
}
