//! Virtual servers.

use async_trait::async_trait;
use puente_domain::{ServerId, server::VirtualServer};
use puente_storage::{Page, Result, ServerRepository, Slice, StorageError};
use uuid::Uuid;

use super::{SqlTransaction, Time, column, page, text::storable};

struct Row {
    id: Uuid,
    name: String,
    description: String,
    include: String,
    exclude: String,
    prefix: bool,
    discovery: String,
    open: bool,
    enabled: bool,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

impl TryFrom<Row> for VirtualServer {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ServerId(row.id),
            name: column::parse("servers", &row.name)?,
            description: row.description,
            include: column::from_json("servers", &row.include)?,
            exclude: column::from_json("servers", &row.exclude)?,
            prefix: row.prefix,
            discovery: column::parse("servers", &row.discovery)?,
            open: row.open,
            enabled: row.enabled,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}

macro_rules! select {
    ($tail:tt, $($argument:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", name, description, include, exclude, prefix AS "prefix!: bool",
                      discovery, open AS "open!: bool", enabled AS "enabled!: bool", created_at AS "created_at!: Time",
                      updated_at AS "updated_at!: Time", version AS "version!: i64"
               FROM servers "# + $tail,
            $($argument),*
        )
    };
}

#[async_trait]
impl ServerRepository for SqlTransaction {
    async fn get(&mut self, id: ServerId) -> Result<Option<VirtualServer>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(VirtualServer::try_from).transpose()
    }

    async fn by_name(&mut self, name: &str) -> Result<Option<VirtualServer>> {
        let row = select!("WHERE name = $1", storable("servers.name", name)?).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(VirtualServer::try_from).transpose()
    }

    async fn list(&mut self, page: &Page) -> Result<Slice<VirtualServer>> {
        let rows = select!("WHERE name > $1 ORDER BY name LIMIT $2", page::after_name(page)?, page::limit(page));
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |server: &VirtualServer| server.name.to_string())
    }

    async fn add(&mut self, server: &VirtualServer) -> Result<()> {
        sqlx::query!(
            "INSERT INTO servers (id, name, description, include, exclude, prefix, discovery, open, enabled,
                                  created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            server.id.0,
            server.name.as_str(),
            storable("servers.description", &server.description)?,
            column::to_json("servers", &server.include)?,
            column::to_json("servers", &server.exclude)?,
            server.prefix,
            server.discovery.as_str(),
            server.open,
            server.enabled,
            Time(server.created_at),
            Time(server.updated_at),
            server.version
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn update(&mut self, server: &VirtualServer) -> Result<()> {
        let updated = sqlx::query!(
            "UPDATE servers SET name = $1, description = $2, include = $3, exclude = $4, prefix = $5, discovery = $6,
                                open = $7, enabled = $8, updated_at = $9, version = version + 1
             WHERE id = $10 AND version = $11",
            server.name.as_str(),
            storable("servers.description", &server.description)?,
            column::to_json("servers", &server.include)?,
            column::to_json("servers", &server.exclude)?,
            server.prefix,
            server.discovery.as_str(),
            server.open,
            server.enabled,
            Time(server.updated_at),
            server.id.0,
            server.version
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        if updated.rows_affected() == 0 { Err(StorageError::Stale("servers")) } else { Ok(()) }
    }

    async fn remove(&mut self, id: ServerId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM servers WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
