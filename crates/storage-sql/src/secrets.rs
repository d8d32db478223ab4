//! Sealed secrets.

use async_trait::async_trait;
use puente_storage::{Result, SecretRecord, SecretRepository};

use super::{SqlTransaction, Time, text::storable};

struct Row {
    name: String,
    key_id: String,
    sealed: Vec<u8>,
    by_operator: bool,
    updated_at: Time,
}

impl From<Row> for SecretRecord {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            key_id: row.key_id,
            sealed: row.sealed,
            by_operator: row.by_operator,
            updated_at: row.updated_at.0,
        }
    }
}

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT name AS "name!", key_id, sealed AS "sealed!: Vec<u8>",
                      by_operator AS "by_operator!: bool", updated_at AS "updated_at!: Time"
               FROM secrets "# + $tail
            $(, $argument)*
        )
    };
}

#[async_trait]
impl SecretRepository for SqlTransaction {
    async fn get(&mut self, name: &str) -> Result<Option<SecretRecord>> {
        let row = select!("WHERE name = $1", storable("secrets.name", name)?).fetch_optional(self.connection()).await;
        Ok(row.map_err(|error| self.fail(error))?.map(SecretRecord::from))
    }

    async fn list(&mut self) -> Result<Vec<SecretRecord>> {
        let rows = select!("ORDER BY name").fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(rows.into_iter().map(SecretRecord::from).collect())
    }

    async fn put(&mut self, secret: &SecretRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO secrets (name, key_id, sealed, by_operator, updated_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (name) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed,
                                              by_operator = excluded.by_operator, updated_at = excluded.updated_at",
            storable("secrets.name", &secret.name)?,
            storable("secrets.key_id", &secret.key_id)?,
            &secret.sealed[..],
            secret.by_operator,
            Time(secret.updated_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn remove(&mut self, name: &str) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM secrets WHERE name = $1", storable("secrets.name", name)?);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
