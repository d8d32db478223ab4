//! Static resources.

use puente_domain::{ResourceId, SourceId, catalog::ResourceRecord};
use puente_storage::{Result, StorageError};
use uuid::Uuid;

use super::{SqlTransaction, column, text::storable};

struct Row {
    id: Uuid,
    source_id: Uuid,
    name: String,
    uri: String,
    description: String,
    settings: String,
}

impl TryFrom<Row> for ResourceRecord {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ResourceId(row.id),
            source: SourceId(row.source_id),
            name: column::parse("resources", &row.name)?,
            uri: row.uri,
            description: row.description,
            settings: column::from_json("resources", &row.settings)?,
        })
    }
}

impl SqlTransaction {
    pub(super) async fn all_resources(&mut self) -> Result<Vec<ResourceRecord>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT resources.id AS "id!: Uuid", source_id AS "source_id!: Uuid", resources.name, uri,
                      resources.description, resources.settings
               FROM resources JOIN sources ON sources.id = source_id ORDER BY sources.name, resources.name"#
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(ResourceRecord::try_from).collect()
    }

    pub(super) async fn upsert_resource(&mut self, resource: &ResourceRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO resources (id, source_id, name, uri, description, settings) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET source_id = excluded.source_id, name = excluded.name, uri = excluded.uri,
                                            description = excluded.description, settings = excluded.settings",
            resource.id.0,
            resource.source.0,
            resource.name.as_str(),
            storable("resources.uri", &resource.uri)?,
            storable("resources.description", &resource.description)?,
            column::to_json("resources", &resource.settings)?
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "resources.source"))?;
        Ok(())
    }

    pub(super) async fn delete_resource(&mut self, id: ResourceId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM resources WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
