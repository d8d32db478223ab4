//! Prompts.

use puente_domain::{PromptId, SourceId, catalog::PromptRecord};
use puente_storage::{Result, StorageError};
use uuid::Uuid;

use super::{SqlTransaction, column, text::storable};

struct Row {
    id: Uuid,
    source_id: Uuid,
    name: String,
    description: String,
    settings: String,
}

impl TryFrom<Row> for PromptRecord {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PromptId(row.id),
            source: SourceId(row.source_id),
            name: column::parse("prompts", &row.name)?,
            description: row.description,
            settings: column::from_json("prompts", &row.settings)?,
        })
    }
}

impl SqlTransaction {
    pub(super) async fn all_prompts(&mut self) -> Result<Vec<PromptRecord>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT prompts.id AS "id!: Uuid", source_id AS "source_id!: Uuid", prompts.name, prompts.description,
                      prompts.settings
               FROM prompts JOIN sources ON sources.id = source_id ORDER BY sources.name, prompts.name"#
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(PromptRecord::try_from).collect()
    }

    pub(super) async fn upsert_prompt(&mut self, prompt: &PromptRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO prompts (id, source_id, name, description, settings) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET source_id = excluded.source_id, name = excluded.name,
                                            description = excluded.description, settings = excluded.settings",
            prompt.id.0,
            prompt.source.0,
            prompt.name.as_str(),
            storable("prompts.description", &prompt.description)?,
            column::to_json("prompts", &prompt.settings)?
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail_reference(error, "prompts.source"))?;
        Ok(())
    }

    pub(super) async fn delete_prompt(&mut self, id: PromptId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM prompts WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
