//! Tools.

use puente_domain::{SourceId, ToolId, catalog::ToolRecord};
use puente_storage::{Page, Result, Slice, StorageError, ToolFilter};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column, page,
    text::{pattern, searchable, storable},
};

struct Row {
    id: Uuid,
    source_id: Uuid,
    name: String,
    description: String,
    settings: String,
    enabled: bool,
    version: i64,
    updated_at: Time,
}

impl TryFrom<Row> for ToolRecord {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ToolId(row.id),
            source: SourceId(row.source_id),
            name: column::parse("tools", &row.name)?,
            description: row.description,
            settings: column::from_json("tools", &row.settings)?,
            enabled: row.enabled,
            version: row.version,
            updated_at: row.updated_at.0,
        })
    }
}

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT tools.id AS "id!: Uuid", source_id AS "source_id!: Uuid", tools.name, tools.description,
                      tools.settings, tools.enabled AS "enabled!: bool", tools.version AS "version!: i64",
                      tools.updated_at AS "updated_at!: Time"
               FROM tools "# + $tail
            $(, $argument)*
        )
    };
}

impl SqlTransaction {
    pub(super) async fn all_tools(&mut self) -> Result<Vec<ToolRecord>> {
        let rows = select!("JOIN sources ON sources.id = source_id ORDER BY sources.name, tools.name");
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(ToolRecord::try_from).collect()
    }

    pub(super) async fn tool_by_id(&mut self, id: ToolId) -> Result<Option<ToolRecord>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(ToolRecord::try_from).transpose()
    }

    pub(super) async fn tool_page(&mut self, filter: &ToolFilter, page: &Page) -> Result<Slice<ToolRecord>> {
        let (pattern, after, limit) = (pattern(filter.search.as_deref())?, page::after_id(page)?, page::limit(page));
        let rows = match filter.source {
            Some(source) => {
                select!(
                    r"WHERE source_id = $1 AND search LIKE $2 ESCAPE '\' AND id > $3 ORDER BY id LIMIT $4",
                    source.0,
                    pattern,
                    after,
                    limit
                )
                .fetch_all(self.connection())
                .await
            }
            None => {
                select!(r"WHERE search LIKE $1 ESCAPE '\' AND id > $2 ORDER BY id LIMIT $3", pattern, after, limit)
                    .fetch_all(self.connection())
                    .await
            }
        };
        page::slice(rows.map_err(|error| self.fail(error))?, page, |tool: &ToolRecord| tool.id.to_string())
    }

    pub(super) async fn insert_tool(&mut self, tool: &ToolRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO tools (id, source_id, name, description, settings, enabled, search, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            tool.id.0,
            tool.source.0,
            tool.name.as_str(),
            storable("tools.description", &tool.description)?,
            column::to_json("tools", &tool.settings)?,
            tool.enabled,
            searchable(&[tool.name.as_str(), &tool.description]),
            Time(tool.updated_at),
            tool.version
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "tools.source"))?;
        Ok(())
    }

    pub(super) async fn rewrite_tool(&mut self, tool: &ToolRecord) -> Result<()> {
        let updated = sqlx::query!(
            "UPDATE tools SET name = $1, description = $2, settings = $3, enabled = $4, search = $5, updated_at = $6,
                              version = version + 1
             WHERE id = $7 AND version = $8",
            tool.name.as_str(),
            storable("tools.description", &tool.description)?,
            column::to_json("tools", &tool.settings)?,
            tool.enabled,
            searchable(&[tool.name.as_str(), &tool.description]),
            Time(tool.updated_at),
            tool.id.0,
            tool.version
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        if updated.rows_affected() == 0 { Err(StorageError::Stale("tools")) } else { Ok(()) }
    }

    pub(super) async fn delete_tool(&mut self, id: ToolId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM tools WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
