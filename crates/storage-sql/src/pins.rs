//! Accepted definitions of upstream tools.

use async_trait::async_trait;
use puente_domain::{SourceId, catalog::ToolPin};
use puente_storage::{PinRepository, Result};
use uuid::Uuid;

use super::{SqlTransaction, Time, text::storable};

struct Row {
    source_id: Uuid,
    tool: String,
    definition: String,
    accepted_by: String,
    accepted_at: Time,
}

impl From<Row> for ToolPin {
    fn from(row: Row) -> Self {
        let Row { source_id, tool, definition, accepted_by, accepted_at } = row;
        Self { source: SourceId(source_id), tool, definition, accepted_by, accepted_at: accepted_at.0 }
    }
}

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT source_id AS "source_id!: Uuid", tool, definition, accepted_by,
                      accepted_at AS "accepted_at!: Time"
               FROM tool_pins "# + $tail
            $(, $argument)*
        )
    };
}

#[async_trait]
impl PinRepository for SqlTransaction {
    async fn all(&mut self) -> Result<Vec<ToolPin>> {
        let rows = select!("ORDER BY source_id, tool").fetch_all(self.connection()).await;
        Ok(rows.map_err(|error| self.fail(error))?.into_iter().map(ToolPin::from).collect())
    }

    async fn of(&mut self, source: SourceId) -> Result<Vec<ToolPin>> {
        let rows = select!("WHERE source_id = $1 ORDER BY tool", source.0).fetch_all(self.connection()).await;
        Ok(rows.map_err(|error| self.fail(error))?.into_iter().map(ToolPin::from).collect())
    }

    async fn add(&mut self, pin: &ToolPin) -> Result<bool> {
        let added = sqlx::query!(
            "INSERT INTO tool_pins (source_id, tool, definition, accepted_by, accepted_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source_id, tool) DO NOTHING",
            pin.source.0,
            storable("tool_pins.tool", &pin.tool)?,
            storable("tool_pins.definition", &pin.definition)?,
            storable("tool_pins.accepted_by", &pin.accepted_by)?,
            Time(pin.accepted_at)
        );
        let added = added.execute(self.connection()).await;
        Ok(added.map_err(|error| self.fail_reference(error, "tool_pins.source"))?.rows_affected() > 0)
    }

    async fn put(&mut self, pin: &ToolPin) -> Result<()> {
        let put = sqlx::query!(
            "INSERT INTO tool_pins (source_id, tool, definition, accepted_by, accepted_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (source_id, tool) DO UPDATE SET definition = excluded.definition,
                 accepted_by = excluded.accepted_by, accepted_at = excluded.accepted_at",
            pin.source.0,
            storable("tool_pins.tool", &pin.tool)?,
            storable("tool_pins.definition", &pin.definition)?,
            storable("tool_pins.accepted_by", &pin.accepted_by)?,
            Time(pin.accepted_at)
        );
        let put = put.execute(self.connection()).await;
        put.map_err(|error| self.fail_reference(error, "tool_pins.source"))?;
        Ok(())
    }

    async fn remove(&mut self, source: SourceId, tool: &str) -> Result<bool> {
        let tool = storable("tool_pins.tool", tool)?;
        let removed = sqlx::query!("DELETE FROM tool_pins WHERE source_id = $1 AND tool = $2", source.0, tool);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
