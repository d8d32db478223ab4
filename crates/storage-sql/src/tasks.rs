//! MCP tasks.

use async_trait::async_trait;
use puente_domain::{
    Subject, TaskId, Timestamp,
    task::{TaskRecord, TaskStatus},
};
use puente_storage::{Page, Result, Slice, StorageError, TaskRepository};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column, page,
    subject::{subject, subject_text},
    text::{storable, storable_opt},
};

struct Row {
    id: Uuid,
    subject: String,
    server: String,
    tool: String,
    status: String,
    status_message: Option<String>,
    payload: Option<String>,
    answers: Option<String>,
    expires_at: Time,
    created_at: Time,
    updated_at: Time,
}

impl TryFrom<Row> for TaskRecord {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: TaskId(row.id),
            subject: subject("tasks", &row.subject)?,
            server: row.server,
            tool: row.tool,
            status: status(&row.status)?,
            status_message: row.status_message,
            payload: row.payload,
            answers: row.answers,
            expires_at: row.expires_at.0,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

fn status(text: &str) -> Result<TaskStatus> {
    use TaskStatus::{Cancelled, Completed, Failed, InputRequired, Working};
    [Working, InputRequired, Completed, Failed, Cancelled]
        .into_iter()
        .find(|status| status.as_str() == text)
        .ok_or_else(|| column::inconsistent("tasks", &format_args!("'{text}' is no status")))
}

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", subject, server, tool, status, status_message, payload, answers,
                      expires_at AS "expires_at!: Time", created_at AS "created_at!: Time",
                      updated_at AS "updated_at!: Time"
               FROM tasks "# + $tail
            $(, $argument)*
        )
    };
}

#[async_trait]
impl TaskRepository for SqlTransaction {
    async fn add(&mut self, task: &TaskRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO tasks (id, subject, server, tool, status, status_message, payload, answers, expires_at,
                                created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            task.id.0,
            subject_text(task.subject),
            storable("tasks.server", &task.server)?,
            storable("tasks.tool", &task.tool)?,
            task.status.as_str(),
            storable_opt("tasks.status_message", task.status_message.as_deref())?,
            storable_opt("tasks.payload", task.payload.as_deref())?,
            storable_opt("tasks.answers", task.answers.as_deref())?,
            Time(task.expires_at),
            Time(task.created_at),
            Time(task.updated_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    async fn get(&mut self, id: TaskId, subject: Subject, now: Timestamp) -> Result<Option<TaskRecord>> {
        let row = select!("WHERE id = $1 AND subject = $2 AND expires_at > $3", id.0, subject_text(subject), Time(now));
        let row = row.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        row.map(TaskRecord::try_from).transpose()
    }

    async fn by_id(&mut self, id: TaskId) -> Result<Option<TaskRecord>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(TaskRecord::try_from).transpose()
    }

    async fn update(&mut self, task: &TaskRecord) -> Result<bool> {
        let updated = sqlx::query!(
            "UPDATE tasks SET status = $1, status_message = $2, payload = $3, answers = $4, updated_at = $5
             WHERE id = $6 AND status IN ('working', 'input_required')",
            task.status.as_str(),
            storable_opt("tasks.status_message", task.status_message.as_deref())?,
            storable_opt("tasks.payload", task.payload.as_deref())?,
            storable_opt("tasks.answers", task.answers.as_deref())?,
            Time(task.updated_at),
            task.id.0
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(updated.rows_affected() > 0)
    }

    async fn answer(&mut self, before: &TaskRecord, after: &TaskRecord) -> Result<bool> {
        let answered = sqlx::query!(
            "UPDATE tasks SET status = $1, payload = $2, answers = $3, updated_at = $4
             WHERE id = $5 AND status = 'input_required' AND payload = $6",
            after.status.as_str(),
            storable_opt("tasks.payload", after.payload.as_deref())?,
            storable_opt("tasks.answers", after.answers.as_deref())?,
            Time(after.updated_at),
            before.id.0,
            before.payload.as_deref()
        );
        let answered = answered.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(answered.rows_affected() > 0)
    }

    async fn list(&mut self, subject: Subject, page: &Page) -> Result<Slice<TaskRecord>> {
        let rows = select!(
            "WHERE subject = $1 AND id > $2 ORDER BY id LIMIT $3",
            subject_text(subject),
            page::after_id(page)?,
            page::limit(page)
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |task: &TaskRecord| task.id.to_string())
    }

    async fn prune(&mut self, now: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!("DELETE FROM tasks WHERE expires_at <= $1", Time(now));
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }
}
