//! The durable queue, from an administrator's side, and its schedules.

use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, JobState, ScheduleRecord},
};
use puente_storage::{JobFilter, Page, Result, Slice};
use uuid::Uuid;

use super::{
    JobRow, SqlTransaction, Time,
    column::inconsistent,
    job_row, page,
    text::{storable, storable_opt},
};

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            JobRow,
            r#"SELECT id AS "id!: Uuid", kind, payload, state, priority AS "priority!: i64", unique_key,
                      attempts AS "attempts!: i64", max_attempts AS "max_attempts!: i64", run_at AS "run_at!: Time",
                      holder, lease_until AS "lease_until?: Time", cancel_requested AS "cancel_requested!: bool",
                      error, created_at AS "created_at!: Time", started_at AS "started_at?: Time",
                      finished_at AS "finished_at?: Time"
               FROM jobs "# + $tail
            $(, $argument)*
        )
    };
}

struct Schedule {
    name: String,
    cron: String,
    next_at: Time,
}

impl SqlTransaction {
    pub(super) async fn job(&mut self, id: JobId) -> Result<Option<JobRecord>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(JobRecord::try_from).transpose()
    }

    /// The state has its own statement, so that each is answered from an index.
    pub(super) async fn list_jobs(&mut self, filter: &JobFilter, page: &Page) -> Result<Slice<JobRecord>> {
        let after = if page.after.is_some() { page::after_id(page)? } else { Uuid::max() };
        let kind = storable_opt("jobs.kind", filter.kind.as_deref())?;
        let rows = match filter.state {
            Some(state) => select!(
                "WHERE state = $1 AND id < $2 AND (CAST($3 AS text) IS NULL OR kind = $3) ORDER BY id DESC LIMIT $4",
                state.as_str(),
                after,
                kind,
                page::limit(page)
            )
            .fetch_all(self.connection())
            .await,
            None => {
                select!(
                    "WHERE id < $1 AND (CAST($2 AS text) IS NULL OR kind = $2) ORDER BY id DESC LIMIT $3",
                    after,
                    kind,
                    page::limit(page)
                )
                .fetch_all(self.connection())
                .await
            }
        };
        page::slice(rows.map_err(|error| self.fail(error))?, page, |job: &JobRecord| job.id.to_string())
    }

    pub(super) async fn count_jobs(&mut self) -> Result<Vec<(JobState, u64)>> {
        let counts = sqlx::query!(r#"SELECT state, count(*) AS "count!: i64" FROM jobs GROUP BY state"#);
        let counts = counts.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        let count = |count| u64::try_from(count).map_err(|_| inconsistent("jobs", &"a negative count"));
        counts.into_iter().map(|row| Ok((job_row::state(&row.state)?, count(row.count)?))).collect()
    }

    pub(super) async fn retry_job(&mut self, id: JobId, now: Timestamp) -> Result<bool> {
        let queued = sqlx::query!(
            "UPDATE jobs SET state = 'queued', attempts = 0, run_at = $1, cancel_requested = FALSE, finished_at = NULL
             WHERE id = $2 AND state IN ('dead', 'cancelled')
               AND NOT EXISTS (SELECT 1 FROM jobs AS other
                               WHERE other.unique_key = jobs.unique_key AND other.state IN ('queued', 'running'))",
            Time(now),
            id.0
        );
        let queued = queued.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(queued.rows_affected() > 0)
    }

    pub(super) async fn cancel_job(&mut self, id: JobId, now: Timestamp) -> Result<Option<JobState>> {
        sqlx::query!(
            "UPDATE jobs
             SET cancel_requested = TRUE,
                 finished_at = CASE WHEN state = 'queued' THEN $1 ELSE finished_at END,
                 state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
             WHERE id = $2 AND state IN ('queued', 'running')",
            Time(now),
            id.0
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(self.job(id).await?.map(|job| job.state))
    }

    pub(super) async fn prune_jobs(&mut self, done: Timestamp, dead: Timestamp) -> Result<u64> {
        let pruned = sqlx::query!(
            "DELETE FROM jobs
             WHERE finished_at <= $1 AND state = 'done' OR finished_at <= $2 AND state IN ('dead', 'cancelled')",
            Time(done),
            Time(dead)
        );
        let pruned = pruned.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(pruned.rows_affected())
    }

    pub(super) async fn put_job_schedule(&mut self, schedule: &ScheduleRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO job_schedules (name, cron, next_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET cron = excluded.cron, next_at = excluded.next_at
             WHERE job_schedules.cron <> excluded.cron",
            storable("job_schedules.name", &schedule.name)?,
            storable("job_schedules.cron", &schedule.cron)?,
            Time(schedule.next_at)
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    pub(super) async fn job_schedules(&mut self) -> Result<Vec<ScheduleRecord>> {
        let rows = sqlx::query_as!(
            Schedule,
            r#"SELECT name, cron, next_at AS "next_at!: Time" FROM job_schedules ORDER BY name"#
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        let record = |Schedule { name, cron, next_at }| ScheduleRecord { name, cron, next_at: next_at.0 };
        Ok(rows.into_iter().map(record).collect())
    }

    pub(super) async fn advance_job_schedule(&mut self, schedule: &ScheduleRecord, next: Timestamp) -> Result<bool> {
        let moved = sqlx::query!(
            "UPDATE job_schedules SET next_at = $1 WHERE name = $2 AND cron = $3 AND next_at = $4",
            Time(next),
            schedule.name,
            schedule.cron,
            Time(schedule.next_at)
        );
        let moved = moved.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(moved.rows_affected() > 0)
    }
}
