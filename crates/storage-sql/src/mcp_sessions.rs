//! Legacy MCP sessions.

use async_trait::async_trait;
use puente_domain::{SessionId, Timestamp, session::McpSession};
use puente_storage::{McpSessionRepository, Result, StorageError};
use uuid::Uuid;

use super::{
    SqlTransaction, Time,
    subject::{subject, subject_text},
    text::storable,
};

struct Row {
    id: Uuid,
    subject: String,
    server: String,
    protocol_version: String,
    state: String,
    created_at: Time,
    last_seen_at: Time,
}

impl TryFrom<Row> for McpSession {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: SessionId(row.id),
            subject: subject("mcp_sessions", &row.subject)?,
            server: row.server,
            protocol_version: row.protocol_version,
            state: row.state,
            created_at: row.created_at.0,
            last_seen_at: row.last_seen_at.0,
        })
    }
}

#[async_trait]
impl McpSessionRepository for SqlTransaction {
    async fn put(&mut self, session: &McpSession) -> Result<()> {
        sqlx::query!(
            "INSERT INTO mcp_sessions (id, subject, server, protocol_version, state, created_at, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, server = excluded.server,
                                            protocol_version = excluded.protocol_version, state = excluded.state,
                                            created_at = excluded.created_at, last_seen_at = excluded.last_seen_at",
            session.id.0,
            subject_text(session.subject),
            storable("mcp_sessions.server", &session.server)?,
            storable("mcp_sessions.protocol_version", &session.protocol_version)?,
            storable("mcp_sessions.state", &session.state)?,
            Time(session.created_at),
            Time(session.last_seen_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn get(&mut self, id: SessionId) -> Result<Option<McpSession>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", subject, server, protocol_version, state, created_at AS "created_at!: Time",
                      last_seen_at AS "last_seen_at!: Time"
               FROM mcp_sessions WHERE id = $1"#,
            id.0
        );
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(McpSession::try_from).transpose()
    }

    async fn remove(&mut self, id: SessionId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM mcp_sessions WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }

    async fn prune(&mut self, before: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM mcp_sessions WHERE last_seen_at < $1", Time(before));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}
