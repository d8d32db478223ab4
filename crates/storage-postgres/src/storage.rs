//! The open database.

use async_trait::async_trait;
use puente_storage::{Connections, Result, Storage, Transaction};
use sqlx::PgPool;
use tokio::sync::Mutex;

use crate::{
    Presence,
    repositories::{SqlTransaction, connections, from_sqlx},
};

/// Puente's storage on PostgreSQL; see [`connect`](crate::connect()).
#[derive(Debug)]
pub struct PostgresStorage {
    pool: PgPool,
    /// Given back once everything is closed.
    presence: Mutex<Option<Presence>>,
}

impl PostgresStorage {
    pub(crate) fn new(pool: PgPool, presence: Presence) -> Self {
        Self { pool, presence: Mutex::new(Some(presence)) }
    }
}

#[async_trait]
impl Storage for PostgresStorage {
    async fn read(&self) -> Result<Box<dyn Transaction>> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        let transaction = self.pool.begin_with(begin).await.map_err(from_sqlx)?;
        Ok(Box::new(SqlTransaction::new(transaction)))
    }

    async fn write(&self) -> Result<Box<dyn Transaction>> {
        let begin = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";
        let transaction = self.pool.begin_with(begin).await.map_err(from_sqlx)?;
        Ok(Box::new(SqlTransaction::new(transaction)))
    }

    fn backend(&self) -> &'static str {
        "postgresql"
    }

    fn connections(&self) -> Connections {
        connections(&self.pool)
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1 FROM users LIMIT 1").execute(&self.pool).await.map_err(from_sqlx)?;
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
        if let Some(presence) = self.presence.lock().await.take() {
            presence.close().await;
        }
    }

    async fn is_asked_to_leave(&self) -> Result<bool> {
        match self.presence.lock().await.as_mut() {
            Some(presence) => presence.is_asked_to_leave().await,
            None => Ok(false),
        }
    }

    async fn leave(&self) -> Result<()> {
        match self.presence.lock().await.as_mut() {
            Some(presence) => presence.leave().await,
            None => Ok(()),
        }
    }

    async fn come_back(&self) -> Result<()> {
        match self.presence.lock().await.as_mut() {
            Some(presence) => presence.come_back().await,
            None => Ok(()),
        }
    }
}
