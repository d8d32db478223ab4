//! Legacy MCP sessions of record, in the database.

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, ready},
    stream::BoxStream,
};
use puente_bus::Hint;
use puente_domain::{SessionId, session::McpSession};
use puente_mcp::sessions::{SessionNews, SessionRecord, SessionStore, Unknown};
use puente_storage::StorageError;
use tokio_stream::wrappers::BroadcastStream;

use crate::{Gateway, mcp};

/// That a session is in use is written down this often.
const SEEN_EVERY: Duration = Duration::from_hours(1);

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
        let found = self.0.storage.read().await?.mcp_sessions().get(id).await?;
        let Some(mut session) = found else { return Ok(None) };
        let now = self.0.clock.now();
        if now.since(session.last_seen_at) >= SEEN_EVERY {
            session.last_seen_at = now;
            let mut transaction = self.0.storage.write().await?;
            transaction.mcp_sessions().put(&session).await?;
            transaction.save().await?;
        }
        Ok(Some(session))
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

    fn load<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<SessionRecord>, Unknown>> {
        let Ok(id) = id.parse() else { return ready(Ok(None)).boxed() };
        let record = |session: McpSession| SessionRecord {
            id: session.id.to_string(),
            binding: mcp::bind(session.subject, &session.server),
            protocol_version: session.protocol_version,
            state: session.state,
        };
        async move {
            self.read(id).await.map(|session| session.map(record)).map_err(|error| {
                log(&error);
                Unknown
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

    fn tell(&self, news: SessionNews) {
        self.0.bus.publish(match news {
            SessionNews::Changed { session } => Hint::SessionChanged { session },
            SessionNews::Message { session, message } => Hint::SessionMessage { session, message },
            SessionNews::Missed => Hint::Interrupted,
        });
    }

    fn news(&self) -> BoxStream<'static, SessionNews> {
        let hints = BroadcastStream::new(self.0.bus.subscribe());
        hints.filter_map(|hint| ready(news(hint.unwrap_or(Hint::Interrupted)))).boxed()
    }
}

fn news(hint: Hint) -> Option<SessionNews> {
    match hint {
        Hint::SessionChanged { session } => Some(SessionNews::Changed { session }),
        Hint::SessionMessage { session, message } => Some(SessionNews::Message { session, message }),
        Hint::Interrupted => Some(SessionNews::Missed),
        _ => None,
    }
}
