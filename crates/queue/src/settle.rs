//! What becomes of a job after a try.

use puente_domain::{
    Timestamp,
    job::{JobRecord, JobState},
};
use puente_storage::{StorageError, Transaction};

use crate::{GaveUp, Handlers, JobError, backoff};

/// How a try ended.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// It did what it should.
    Done,
    /// It failed.
    Failed(JobError),
    /// This process is about to end; the try does not count.
    Released,
    /// Its worker has not prolonged its lease.
    Lost,
}

const LOST: &str = "the worker that ran it was lost";

/// The job as it is to be written. `jitter` is from 0 to 1.
pub(crate) fn after(job: &JobRecord, ending: Ending, now: Timestamp, jitter: f64) -> JobRecord {
    let ended = |state, error| JobRecord { state, error, finished_at: Some(now), ..job.clone() };
    let again = |run_at, error| JobRecord { state: JobState::Queued, run_at, error, ..job.clone() };
    let exhausted = job.attempts >= job.max_attempts;
    match ending {
        Ending::Done => ended(JobState::Done, None),
        Ending::Failed(error) if exhausted || error.permanent => ended(JobState::Dead, Some(storable(&error.message))),
        Ending::Failed(error) => again(now + backoff(job.attempts, jitter), Some(storable(&error.message))),
        Ending::Lost if exhausted => ended(JobState::Dead, Some(LOST.to_owned())),
        Ending::Lost => again(now, Some(LOST.to_owned())),
        Ending::Released => JobRecord { attempts: job.attempts.saturating_sub(1), ..again(now, job.error.clone()) },
    }
}

/// PostgreSQL holds no NUL.
fn storable(message: &str) -> String {
    message.replace('\0', "\u{fffd}")
}

/// Writes a job down, and tells its handler if it will not be done. False if it was in other hands already.
pub(crate) async fn settle(
    handlers: Option<&Handlers>,
    before: &JobRecord,
    after: &JobRecord,
    tx: &mut dyn Transaction,
) -> Result<bool, StorageError> {
    let now = tx.jobs().now().await?;
    let Some(state) = tx.jobs().settle(before, after, now).await? else { return Ok(false) };
    tell(handlers, after, state, tx).await?;
    Ok(true)
}

/// Tells the handler of a job that it will not be done.
pub(crate) async fn tell(
    handlers: Option<&Handlers>,
    job: &JobRecord,
    state: JobState,
    tx: &mut dyn Transaction,
) -> Result<(), StorageError> {
    let Some(handler) = handlers.and_then(|handlers| handlers.get(&job.kind)) else { return Ok(()) };
    let why = match state {
        JobState::Dead => GaveUp::Dead(job.error.clone().unwrap_or_default()),
        JobState::Cancelled => GaveUp::Cancelled,
        JobState::Queued | JobState::Running | JobState::Done => return Ok(()),
    };
    handler.gave_up(&job.payload, &why, tx).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{Job, PushOptions, queue::record};

    const NOW: Timestamp = Timestamp::from_micros(1_795_496_400_000_000);

    #[derive(Serialize, Deserialize)]
    struct Sweep;

    impl Job for Sweep {
        const KIND: &'static str = "sweep";
        const MAX_ATTEMPTS: u32 = 3;
    }

    fn tried(attempts: u32) -> JobRecord {
        let waiting = record(&Sweep, &PushOptions::default(), NOW).unwrap();
        JobRecord { state: JobState::Running, attempts, holder: Some("a".to_owned()), ..waiting }
    }

    fn failed(message: &str) -> Ending {
        Ending::Failed(JobError::transient(message))
    }

    #[test]
    fn a_failed_try_waits_and_the_last_one_ends_the_job() {
        let second = after(&tried(2), failed("no\0pe"), NOW, 0.0);
        assert_eq!((second.state, second.run_at), (JobState::Queued, NOW + Duration::from_secs(2)));
        assert_eq!(second.error.as_deref(), Some("no\u{fffd}pe"));
        let third = after(&tried(3), failed("nope"), NOW, 0.0);
        assert_eq!((third.state, third.finished_at), (JobState::Dead, Some(NOW)));
    }

    #[test]
    fn a_permanent_failure_ends_the_job_at_once() {
        assert_eq!(after(&tried(1), Ending::Failed(JobError::permanent("never")), NOW, 0.0).state, JobState::Dead);
    }

    #[test]
    fn a_lost_worker_counts_and_a_stopped_one_does_not() {
        let lost = after(&tried(1), Ending::Lost, NOW, 0.0);
        assert_eq!((lost.state, lost.attempts, lost.run_at), (JobState::Queued, 1, NOW));
        assert_eq!(after(&tried(3), Ending::Lost, NOW, 0.0).state, JobState::Dead);
        let released = after(&tried(3), Ending::Released, NOW, 0.0);
        assert_eq!((released.state, released.attempts, released.error), (JobState::Queued, 2, None));
    }

    #[test]
    fn success_forgets_earlier_errors() {
        let done = after(&JobRecord { error: Some("once".to_owned()), ..tried(2) }, Ending::Done, NOW, 0.0);
        assert_eq!((done.state, done.error), (JobState::Done, None));
    }
}
