//! The open database.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use puente_storage::{Connections, Result, Storage, Transaction};
use sqlx::SqlitePool;

use crate::{
    UseLock,
    repositories::{SqlTransaction, connections, from_sqlx},
};

/// Puente's storage on SQLite; see [`open`](crate::open()).
#[derive(Debug)]
pub struct SqliteStorage {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Given back once everything is closed.
    lock: Mutex<Option<UseLock>>,
}

impl SqliteStorage {
    pub(crate) const fn new(writer: SqlitePool, readers: SqlitePool, lock: UseLock) -> Self {
        Self { writer, readers, lock: Mutex::new(Some(lock)) }
    }

    async fn begin(&self) -> sqlx::Result<sqlx::Transaction<'static, sqlx::Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// SQLite ends a transaction by itself when the disk is full or fails; the driver still counts it as open, and would
    /// refuse every later one on that connection.
    async fn replace_writer(&self) -> Result<()> {
        let connection = self.writer.acquire().await.map_err(from_sqlx)?;
        connection.close().await.map_err(from_sqlx)
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn read(&self) -> Result<Box<dyn Transaction>> {
        let transaction = self.readers.begin_with("BEGIN").await.map_err(from_sqlx)?;
        Ok(Box::new(SqlTransaction::new(transaction)))
    }

    async fn write(&self) -> Result<Box<dyn Transaction>> {
        let mut begun = self.begin().await;
        if matches!(begun, Err(sqlx::Error::InvalidSavePointStatement)) {
            self.replace_writer().await?;
            begun = self.begin().await;
        }
        Ok(Box::new(SqlTransaction::new(begun.map_err(from_sqlx)?)))
    }

    fn backend(&self) -> &'static str {
        "sqlite"
    }

    fn connections(&self) -> Connections {
        let (writer, readers) = (connections(&self.writer), connections(&self.readers));
        Connections { in_use: writer.in_use + readers.in_use, idle: writer.idle + readers.idle }
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1 FROM users LIMIT 1").execute(&self.readers).await.map_err(from_sqlx)?;
        Ok(())
    }

    /// The writer last: its end empties the write-ahead log into the file.
    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

#[cfg(test)]
mod tests {
    use puente_storage::StorageError;

    use super::*;
    use crate::{SqliteOptions, open};

    async fn set_value(storage: &SqliteStorage, value: &str) -> Result<()> {
        let mut tx = storage.write().await?;
        tx.versions().set_value("name", value).await?;
        tx.save().await
    }

    #[tokio::test]
    async fn a_full_disk_is_told_apart_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let storage = open(&folder.path().join("puente.db"), SqliteOptions::default()).await.unwrap();
        set_value(&storage, "kept").await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1").execute(&storage.writer).await.unwrap();
        let refused = set_value(&storage, &"x".repeat(1_000_000)).await;
        assert!(matches!(refused, Err(StorageError::ReadOnly(_))), "{refused:?}");
        let mut tx = storage.read().await.unwrap();
        assert_eq!(tx.versions().value("name").await.unwrap().as_deref(), Some("kept"));
        drop(tx);
        set_value(&storage, "there is space again").await.unwrap();
    }
}
