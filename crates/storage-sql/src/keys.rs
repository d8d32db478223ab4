//! API keys.

use async_trait::async_trait;
use puente_domain::{KeyId, Subject, Timestamp, UserId, key::ApiKey};
use puente_storage::{KeyRepository, Page, Result, Slice, StorageError};
use uuid::Uuid;

use super::{SqlTransaction, Time, column, page, text::storable, time::moment};

struct Row {
    id: Uuid,
    name: String,
    owner: Uuid,
    role: String,
    prefix: String,
    hash: Vec<u8>,
    scopes: String,
    expires_at: Option<Time>,
    disabled_at: Option<Time>,
    last_used_at: Option<Time>,
    created_at: Time,
}

impl TryFrom<Row> for ApiKey {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: KeyId(row.id),
            name: column::parse("api_keys", &row.name)?,
            owner: UserId(row.owner),
            role: column::parse("api_keys", &row.role)?,
            prefix: row.prefix,
            hash: column::hash("api_keys", &row.hash)?,
            scopes: column::from_json("api_keys", &row.scopes)?,
            expires_at: moment(row.expires_at),
            disabled_at: moment(row.disabled_at),
            last_used_at: moment(row.last_used_at),
            created_at: row.created_at.0,
        })
    }
}

macro_rules! select {
    ($tail:tt, $($argument:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", name, owner AS "owner!: Uuid", role, prefix, hash AS "hash!: Vec<u8>", scopes,
                      expires_at AS "expires_at?: Time", disabled_at AS "disabled_at?: Time",
                      last_used_at AS "last_used_at?: Time", created_at AS "created_at!: Time"
               FROM api_keys "# + $tail,
            $($argument),*
        )
    };
}

#[async_trait]
impl KeyRepository for SqlTransaction {
    async fn get(&mut self, id: KeyId) -> Result<Option<ApiKey>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(ApiKey::try_from).transpose()
    }

    async fn find(&mut self, hash: &[u8; 32]) -> Result<Option<ApiKey>> {
        let row = select!("WHERE hash = $1", &hash[..]).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(ApiKey::try_from).transpose()
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<ApiKey>> {
        let row = select!("WHERE name = $1", storable("keys.name", name)?).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(ApiKey::try_from).transpose()
    }

    async fn list(&mut self, owner: Option<UserId>, page: &Page) -> Result<Slice<ApiKey>> {
        let (after, limit) = (page::after_name(page)?, page::limit(page));
        let rows = match owner {
            Some(owner) => {
                select!("WHERE owner = $1 AND name > $2 ORDER BY name LIMIT $3", owner.0, after, limit)
                    .fetch_all(self.connection())
                    .await
            }
            None => select!("WHERE name > $1 ORDER BY name LIMIT $2", after, limit).fetch_all(self.connection()).await,
        };
        page::slice(rows.map_err(|error| self.fail(error))?, page, |key: &ApiKey| key.name.to_string())
    }

    async fn add(&mut self, key: &ApiKey) -> Result<()> {
        sqlx::query!(
            "INSERT INTO api_keys (id, name, owner, role, prefix, hash, scopes, expires_at, disabled_at, last_used_at,
                                   created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            key.id.0,
            key.name.as_str(),
            key.owner.0,
            key.role.as_str(),
            storable("keys.prefix", &key.prefix)?,
            &key.hash[..],
            column::to_json("api_keys", &key.scopes)?,
            key.expires_at.map(Time),
            key.disabled_at.map(Time),
            key.last_used_at.map(Time),
            Time(key.created_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "keys.owner"))?;
        Ok(())
    }

    async fn set_disabled(&mut self, id: KeyId, at: Option<Timestamp>) -> Result<bool> {
        let set = sqlx::query!("UPDATE api_keys SET disabled_at = $1 WHERE id = $2", at.map(Time), id.0);
        let set = set.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(set.rows_affected() > 0)
    }

    async fn touch(&mut self, id: KeyId, at: Timestamp) -> Result<()> {
        sqlx::query!(
            "UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)",
            Time(at),
            id.0
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn remove(&mut self, id: KeyId) -> Result<bool> {
        self.forget(Subject::Key(id)).await?;
        let removed = sqlx::query!("DELETE FROM api_keys WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
