//! What a crash left behind: tasks whose process is gone.

use puente_domain::task::{TaskRecord, TaskStatus};
use serde_json::json;

use crate::{Gateway, Result};

const MESSAGE: &str = "the outcome is not known: Puente ended while the task ran; it may have changed something";

impl Gateway {
    /// Ends tasks of a process that ended: they are never run again.
    pub(crate) async fn fail_unfinished_tasks(&self) -> Result<()> {
        let mut transaction = self.storage.write().await?;
        for task in transaction.tasks().unfinished().await? {
            tracing::warn!(id = %task.id, tool = task.tool, "the outcome of a task is not known");
            let failed = TaskRecord {
                status: TaskStatus::Failed,
                status_message: Some(MESSAGE.to_owned()),
                payload: Some(json!({"code": -32603, "message": MESSAGE}).to_string()),
                updated_at: self.clock.now(),
                ..task
            };
            transaction.tasks().update(&failed).await?;
        }
        transaction.save().await?;
        Ok(())
    }
}
