//! The durable queue.

use async_trait::async_trait;
use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, JobState, ScheduleRecord},
};

use crate::{Page, Result, Slice};

/// What a worker asks for.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The kinds that it can run.
    pub kinds: &'a [&'a str],
    /// Who asks.
    pub holder: &'a str,
    /// Now, by [`JobRepository::now`].
    pub now: Timestamp,
    /// Until when the jobs are the holder's, unless it prolongs that.
    pub until: Timestamp,
    /// At most this many.
    pub limit: u32,
}

/// Whether there is something to do. A hint for pollers: reading it takes no lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// A job waits and may run.
    pub jobs: bool,
    /// A lease has ended.
    pub leases: bool,
    /// A schedule has come.
    pub schedules: bool,
}

/// Which jobs to list; all conditions must hold.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// In this state.
    pub state: Option<JobState>,
    /// Of this kind.
    pub kind: Option<String>,
}

/// Jobs and schedules. Every moment that is passed in comes from [`JobRepository::now`], so that processes whose clocks
/// differ agree on who holds what.
#[async_trait]
pub trait JobRepository: Send {
    /// The database's clock.
    async fn now(&mut self) -> Result<Timestamp>;
    /// Adds one; or, if another with its unique key waits or runs, adds nothing and returns that one's id.
    async fn add(&mut self, job: &JobRecord) -> Result<JobId>;
    /// Whether there is something to do.
    async fn due(&mut self, now: Timestamp) -> Result<Due>;
    /// Starts waiting jobs: the highest priority first, then the longest due. Never the same job for two claims, and
    /// claims do not wait for each other in PostgreSQL.
    async fn claim(&mut self, claim: &Claim<'_>) -> Result<Vec<JobRecord>>;
    /// Prolongs every lease of a holder and says which jobs it still has.
    async fn renew(&mut self, holder: &str, until: Timestamp) -> Result<Vec<JobId>>;
    /// The holder's jobs that are to end.
    async fn to_cancel(&mut self, holder: &str) -> Result<Vec<JobId>>;
    /// Running jobs whose lease has ended, locked until the transaction ends.
    async fn lost(&mut self, now: Timestamp, limit: u32) -> Result<Vec<JobRecord>>;
    /// Takes a job out of its holder's hands: writes state, attempts, moment, error and end of `after`. A job that is to
    /// end and was not done is cancelled instead, at `now`. Returns the state that it has got, and `None` if it has not been
    /// in the hands of `before`'s holder since `before`'s attempt.
    async fn settle(&mut self, before: &JobRecord, after: &JobRecord, now: Timestamp) -> Result<Option<JobState>>;
    /// By id.
    async fn get(&mut self, id: JobId) -> Result<Option<JobRecord>>;
    /// Newest first.
    async fn list(&mut self, filter: &JobFilter, page: &Page) -> Result<Slice<JobRecord>>;
    /// How many there are in each state, of those that have any.
    async fn count(&mut self) -> Result<Vec<(JobState, u64)>>;
    /// Queues a dead or cancelled job again, with all its attempts. False if it is neither, or if another with its unique
    /// key waits or runs.
    async fn retry(&mut self, id: JobId, now: Timestamp) -> Result<bool>;
    /// Cancels a waiting job, or asks the holder of a running one to. The state that it has now, `None` if there is no
    /// such job.
    async fn cancel(&mut self, id: JobId, now: Timestamp) -> Result<Option<JobState>>;
    /// Deletes jobs that were done before `done`, or died or were cancelled before `dead`; how many.
    async fn prune(&mut self, done: Timestamp, dead: Timestamp) -> Result<u64>;
    /// Adds a schedule, or replaces one that follows another rule; one that follows the same keeps its moment.
    async fn put_schedule(&mut self, schedule: &ScheduleRecord) -> Result<()>;
    /// The schedules, by name.
    async fn schedules(&mut self) -> Result<Vec<ScheduleRecord>>;
    /// Moves a schedule on to `next`, if it is still as it was read: of several processes one gets true.
    async fn advance_schedule(&mut self, schedule: &ScheduleRecord, next: Timestamp) -> Result<bool>;
}
