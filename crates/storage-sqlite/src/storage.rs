//! The open database.

use async_trait::async_trait;
use puente_storage::{Result, Storage, Transaction};
use sqlx::SqlitePool;

use crate::repositories::{SqlTransaction, from_sqlx};

/// Puente's storage on SQLite; see [`open`](crate::open).
#[derive(Debug)]
pub struct SqliteStorage {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStorage {
    pub(crate) const fn new(writer: SqlitePool, readers: SqlitePool) -> Self {
        Self { writer, readers }
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn read(&self) -> Result<Box<dyn Transaction>> {
        let transaction = self.readers.begin_with("BEGIN").await.map_err(from_sqlx)?;
        Ok(Box::new(SqlTransaction::new(transaction)))
    }

    async fn write(&self) -> Result<Box<dyn Transaction>> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(from_sqlx)?;
        Ok(Box::new(SqlTransaction::new(transaction)))
    }

    fn backend(&self) -> &'static str {
        "sqlite"
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1 FROM users LIMIT 1").execute(&self.readers).await.map_err(from_sqlx)?;
        Ok(())
    }

    /// The writer last: its end empties the write-ahead log into the file.
    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
