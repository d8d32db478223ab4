//! Legacy MCP sessions of record, in the database.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use puente_domain::{SessionId, session::McpSession};
use puente_mcp::handler::{SessionRecord, SessionStore};
use puente_storage::StorageError;

use crate::{Gateway, mcp};

/// The [`SessionStore`] of the protocol service.
#[derive(Clone)]
pub struct StoredSessions(pub Arc<Gateway>);

impl StoredSessions {
    async fn write(&self, record: SessionRecord) -> Result<(), StorageError> {
        let (Ok(id), Some((subject, server))) = (record.id.parse(), mcp::parse_binding(&record.binding)) else {
            tracing::error!(id = record.id, "a session cannot be kept: its id or binding is none of ours");
            return Ok(());
        };
        let now = self.0.clock.now();
        let mut transaction = self.0.storage.write().await?;
        let known = transaction.mcp_sessions().get(id).await?;
        let session = McpSession {
            id,
            subject,
            server,
            protocol_version: record.protocol_version,
            state: record.state,
            created_at: known.map_or(now, |known| known.created_at),
            last_seen_at: now,
        };
        transaction.mcp_sessions().put(&session).await?;
        transaction.save().await
    }

    async fn read(&self, id: SessionId) -> Result<Option<McpSession>, StorageError> {
        self.0.storage.read().await?.mcp_sessions().get(id).await
    }

    async fn delete(&self, id: SessionId) -> Result<(), StorageError> {
        let mut transaction = self.0.storage.write().await?;
        transaction.mcp_sessions().remove(id).await?;
        transaction.save().await
    }
}

fn log(error: &StorageError) {
    tracing::error!(error = error as &dyn std::error::Error, "sessions cannot be kept in the database");
}

impl SessionStore for StoredSessions {
    fn save(&self, session: SessionRecord) -> BoxFuture<'_, ()> {
        self.write(session).map(|written| written.unwrap_or_else(|error| log(&error))).boxed()
    }

    fn load<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Option<SessionRecord>> {
        async move {
            let session = self.read(id.parse().ok()?).await.unwrap_or_else(|error| {
                log(&error);
                None
            })?;
            Some(SessionRecord {
                id: session.id.to_string(),
                binding: mcp::bind(session.subject, &session.server),
                protocol_version: session.protocol_version,
                state: session.state,
            })
        }
        .boxed()
    }

    fn remove<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ()> {
        async move {
            if let Ok(id) = id.parse()
                && let Err(error) = self.delete(id).await
            {
                log(&error);
            }
        }
        .boxed()
    }
}
