//! The durable queue. What two claims must not both get is said in each `dialect.rs`.

use async_trait::async_trait;
use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, JobState, ScheduleRecord},
};
use puente_storage::{Claim, Due, JobFilter, JobRepository, Page, Result, Slice};
use uuid::Uuid;

use super::{
    JobRow, SqlTransaction, Time, job_row,
    text::{storable, storable_opt},
};
use crate::dialect;

fn records(rows: Vec<JobRow>) -> Result<Vec<JobRecord>> {
    rows.into_iter().map(JobRecord::try_from).collect()
}

impl SqlTransaction {
    /// False if another job with its unique key has not ended.
    async fn insert_job(&mut self, job: &JobRecord) -> Result<bool> {
        let inserted = sqlx::query!(
            "INSERT INTO jobs (id, kind, payload, state, priority, unique_key, attempts, max_attempts, run_at, holder,
                               lease_until, cancel_requested, error, created_at, started_at, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (unique_key) WHERE state IN ('queued', 'running') DO NOTHING",
            job.id.0,
            storable("jobs.kind", &job.kind)?,
            storable("jobs.payload", &job.payload)?,
            job.state.as_str(),
            job.priority,
            storable_opt("jobs.unique_key", job.unique_key.as_deref())?,
            i64::from(job.attempts),
            i64::from(job.max_attempts),
            Time(job.run_at),
            storable_opt("jobs.holder", job.holder.as_deref())?,
            job.lease_until.map(Time),
            job.cancel_requested,
            storable_opt("jobs.error", job.error.as_deref())?,
            Time(job.created_at),
            job.started_at.map(Time),
            job.finished_at.map(Time)
        );
        let inserted = inserted.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(inserted.rows_affected() > 0)
    }

    async fn active_with_key(&mut self, unique_key: &str) -> Result<Option<JobId>> {
        let id = sqlx::query_scalar!(
            r#"SELECT id AS "id!: Uuid" FROM jobs WHERE unique_key = $1 AND state IN ('queued', 'running')"#,
            unique_key
        );
        let id = id.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(id.map(JobId))
    }
}

#[async_trait]
impl JobRepository for SqlTransaction {
    async fn now(&mut self) -> Result<Timestamp> {
        let now = dialect::now(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(now.0)
    }

    async fn add(&mut self, job: &JobRecord) -> Result<JobId> {
        loop {
            if self.insert_job(job).await? {
                return Ok(job.id);
            }
            // It may have ended in between; then there is room for this one.
            if let Some(other) = self.active_with_key(job.unique_key.as_deref().unwrap_or_default()).await? {
                return Ok(other);
            }
        }
    }

    async fn due(&mut self, now: Timestamp) -> Result<Due> {
        let due = sqlx::query_as!(
            Due,
            r#"SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'queued' AND run_at <= $1) AS "jobs!: bool",
                      EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND lease_until <= $1) AS "leases!: bool",
                      EXISTS (SELECT 1 FROM job_schedules WHERE next_at <= $1) AS "schedules!: bool""#,
            Time(now)
        );
        due.fetch_one(self.connection()).await.map_err(|error| self.fail(error))
    }

    async fn claim(&mut self, claim: &Claim<'_>) -> Result<Vec<JobRecord>> {
        storable("jobs.holder", claim.holder)?;
        let rows = dialect::claim_jobs(self.connection(), claim).await.map_err(|error| self.fail(error))?;
        let mut jobs = records(rows)?;
        // What an UPDATE returns has no order.
        jobs.sort_by_key(|job| (std::cmp::Reverse(job.priority), job.run_at, job.id));
        Ok(jobs)
    }

    async fn renew(&mut self, holder: &str, until: Timestamp) -> Result<Vec<JobId>> {
        let held = sqlx::query_scalar!(
            r#"UPDATE jobs SET lease_until = $1 WHERE holder = $2 AND state = 'running' RETURNING id AS "id!: Uuid""#,
            Time(until),
            holder
        );
        let held = held.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(held.into_iter().map(JobId).collect())
    }

    async fn to_cancel(&mut self, holder: &str) -> Result<Vec<JobId>> {
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!: Uuid" FROM jobs WHERE holder = $1 AND state = 'running' AND cancel_requested"#,
            holder
        );
        let ids = ids.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(ids.into_iter().map(JobId).collect())
    }

    async fn lost(&mut self, now: Timestamp, limit: u32) -> Result<Vec<JobRecord>> {
        let rows = dialect::lost_jobs(self.connection(), Time(now), i64::from(limit)).await;
        records(rows.map_err(|error| self.fail(error))?)
    }

    async fn settle(&mut self, before: &JobRecord, after: &JobRecord, now: Timestamp) -> Result<Option<JobState>> {
        let state = sqlx::query_scalar!(
            "UPDATE jobs
             SET state = CASE WHEN cancel_requested AND $1 <> 'done' THEN 'cancelled' ELSE $1 END,
                 finished_at = CASE WHEN cancel_requested AND $1 <> 'done' THEN COALESCE(finished_at, $2)
                                    ELSE COALESCE(finished_at, $3) END,
                 attempts = $4, run_at = $5, error = $6, holder = NULL, lease_until = NULL
             WHERE id = $7 AND state = 'running' AND holder = $8 AND attempts = $9
             RETURNING state",
            after.state.as_str(),
            Time(now),
            after.finished_at.map(Time),
            i64::from(after.attempts),
            Time(after.run_at),
            storable_opt("jobs.error", after.error.as_deref())?,
            before.id.0,
            before.holder.as_deref(),
            i64::from(before.attempts)
        );
        let state = state.fetch_optional(self.connection()).await.map_err(|error| self.fail(error))?;
        state.map(|state| job_row::state(&state)).transpose()
    }

    async fn get(&mut self, id: JobId) -> Result<Option<JobRecord>> {
        self.job(id).await
    }

    async fn list(&mut self, filter: &JobFilter, page: &Page) -> Result<Slice<JobRecord>> {
        self.list_jobs(filter, page).await
    }

    async fn count(&mut self) -> Result<Vec<(JobState, u64)>> {
        self.count_jobs().await
    }

    async fn retry(&mut self, id: JobId, now: Timestamp) -> Result<bool> {
        self.retry_job(id, now).await
    }

    async fn cancel(&mut self, id: JobId, now: Timestamp) -> Result<Option<JobState>> {
        self.cancel_job(id, now).await
    }

    async fn prune(&mut self, done: Timestamp, dead: Timestamp) -> Result<u64> {
        self.prune_jobs(done, dead).await
    }

    async fn put_schedule(&mut self, schedule: &ScheduleRecord) -> Result<()> {
        self.put_job_schedule(schedule).await
    }

    async fn schedules(&mut self) -> Result<Vec<ScheduleRecord>> {
        self.job_schedules().await
    }

    async fn advance_schedule(&mut self, schedule: &ScheduleRecord, next: Timestamp) -> Result<bool> {
        self.advance_job_schedule(schedule, next).await
    }
}
