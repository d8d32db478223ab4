//! The open database.

use async_trait::async_trait;
use puente_storage::{Result, Storage, Transaction};
use sqlx::PgPool;

use crate::repositories::{SqlTransaction, from_sqlx};

/// Puente's storage on PostgreSQL; see [`connect`](crate::connect()).
#[derive(Debug)]
pub struct PostgresStorage {
    pool: PgPool,
}

impl PostgresStorage {
    pub(crate) const fn new(pool: PgPool) -> Self {
        Self { pool }
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

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1 FROM users LIMIT 1").execute(&self.pool).await.map_err(from_sqlx)?;
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
