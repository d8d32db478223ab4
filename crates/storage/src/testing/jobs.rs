//! The durable queue.

use std::{cell::RefCell, collections::BTreeSet};

use puente_domain::{
    JobId, Timestamp,
    job::{JobRecord, JobState, ScheduleRecord},
};

use super::{
    samples::{NOW, later, page},
    transactions::all,
};
use crate::{Claim, Due, JobFilter, Storage, StorageError, Transaction};

pub(super) fn job(kind: &str) -> JobRecord {
    JobRecord {
        id: JobId::new(),
        kind: kind.to_owned(),
        payload: r#"{"a":"é\u0000"}"#.to_owned(),
        state: JobState::Queued,
        priority: 0,
        unique_key: None,
        attempts: 0,
        max_attempts: 3,
        run_at: NOW,
        holder: None,
        lease_until: None,
        cancel_requested: false,
        error: None,
        created_at: NOW,
        started_at: None,
        finished_at: None,
    }
}

fn keyed(key: &str) -> JobRecord {
    JobRecord { unique_key: Some(key.to_owned()), ..job("index") }
}

async fn saved(storage: &dyn Storage, jobs: &[JobRecord]) {
    let mut tx = storage.write().await.unwrap();
    for job in jobs {
        assert_eq!(tx.jobs().add(job).await.unwrap(), job.id);
    }
    tx.save().await.unwrap();
}

async fn claim(tx: &mut dyn Transaction, holder: &str, now: Timestamp, limit: u32) -> Vec<JobRecord> {
    let until = now + std::time::Duration::from_secs(30);
    tx.jobs().claim(&Claim { kinds: &["index", "sweep"], holder, now, until, limit }).await.unwrap()
}

/// As [`claim`], saved.
async fn claimed(storage: &dyn Storage, holder: &str, now: Timestamp, limit: u32) -> Vec<JobRecord> {
    let mut tx = storage.write().await.unwrap();
    let jobs = claim(&mut *tx, holder, now, limit).await;
    tx.save().await.unwrap();
    jobs
}

fn done(job: &JobRecord) -> JobRecord {
    JobRecord { state: JobState::Done, finished_at: Some(later(5)), ..job.clone() }
}

/// Every field comes back as it was.
pub async fn round_trip(storage: &dyn Storage) {
    let full = JobRecord {
        state: JobState::Dead,
        priority: -7,
        unique_key: Some("x".to_owned()),
        attempts: 2,
        holder: Some("a".to_owned()),
        lease_until: Some(later(1)),
        cancel_requested: true,
        error: Some("naïve".to_owned()),
        started_at: Some(later(2)),
        finished_at: Some(later(3)),
        ..job("index")
    };
    let plain = job("sweep");
    saved(storage, &[full.clone(), plain.clone()]).await;
    let mut tx = storage.read().await.unwrap();
    assert_eq!(tx.jobs().get(full.id).await.unwrap(), Some(full));
    assert_eq!(tx.jobs().get(plain.id).await.unwrap(), Some(plain));
    assert_eq!(tx.jobs().get(JobId::new()).await.unwrap(), None);
}

/// Its clock goes on and is near the machine's, on which the tests' databases run.
pub async fn the_databases_clock(storage: &dyn Storage) {
    let mut tx = storage.read().await.unwrap();
    let first = tx.jobs().now().await.unwrap();
    while tx.jobs().now().await.unwrap() == first {}
    assert!(tx.jobs().now().await.unwrap() > first);
}

/// While a job waits or runs, another one with its key is not added.
pub async fn unique_keys(storage: &dyn Storage) {
    let (first, second, other) = (keyed("a"), keyed("a"), keyed("b"));
    saved(storage, &[first.clone(), other, job("index"), job("index")]).await;
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.jobs().add(&second).await.unwrap(), first.id);
    assert_eq!(tx.jobs().get(second.id).await.unwrap(), None);
    let running = claim(&mut *tx, "w", NOW, 1).await;
    assert_eq!(running[0].id, first.id);
    assert_eq!(tx.jobs().add(&second).await.unwrap(), first.id, "it runs");
    assert_eq!(tx.jobs().settle(&running[0], &done(&running[0]), NOW).await.unwrap(), Some(JobState::Done));
    assert_eq!(tx.jobs().add(&second).await.unwrap(), second.id, "it has ended");
    tx.save().await.unwrap();
}

/// Of many that add a job with one key at once, one does.
pub async fn unique_keys_at_once(storage: &dyn Storage) {
    let ids = RefCell::new(BTreeSet::new());
    let add = async || {
        let mut tx = storage.write().await.unwrap();
        let id = tx.jobs().add(&keyed("a")).await.unwrap();
        tx.save().await.unwrap();
        ids.borrow_mut().insert(id);
    };
    all(&mut (0..4).map(|_| Box::pin(add())).collect()).await;
    assert_eq!(ids.borrow().len(), 1);
}

/// The highest priority first, then the longest due; only what is due, and only of known kinds.
pub async fn claimed_in_order(storage: &dyn Storage) {
    let [late, early, high, future, unknown] = [
        JobRecord { run_at: later(2), ..job("index") },
        JobRecord { run_at: later(1), ..job("sweep") },
        JobRecord { priority: 10, run_at: later(3), ..job("index") },
        JobRecord { priority: 10, run_at: later(11), ..job("index") },
        JobRecord { priority: 99, ..job("strange") },
    ];
    saved(storage, &[late.clone(), early.clone(), high.clone(), future.clone(), unknown]).await;
    let first = claimed(storage, "w", later(10), 2).await;
    assert_eq!(first.iter().map(|job| job.id).collect::<Vec<_>>(), [high.id, early.id]);
    let expected = JobRecord {
        state: JobState::Running,
        attempts: 1,
        holder: Some("w".to_owned()),
        lease_until: Some(later(40)),
        started_at: Some(later(10)),
        ..high
    };
    assert_eq!(first[0], expected);
    let second = claimed(storage, "w", later(10), 9).await;
    assert_eq!(second.iter().map(|job| job.id).collect::<Vec<_>>(), [late.id]);
    assert_eq!(claimed(storage, "w", later(10), 9).await, []);
    assert_eq!(claimed(storage, "w", later(11), 9).await[0].id, future.id);
}

/// Claims at once share the jobs out.
pub async fn claimed_once(storage: &dyn Storage) {
    saved(storage, &std::array::from_fn::<_, 40, _>(|_| job("index"))).await;
    let taken = RefCell::new(Vec::new());
    let take = async |holder| {
        loop {
            let jobs = claimed(storage, holder, NOW, 3).await;
            assert!(jobs.len() <= 3, "more than the limit: {}", jobs.len());
            if jobs.is_empty() {
                return;
            }
            taken.borrow_mut().extend(jobs.into_iter().map(|job| job.id));
        }
    };
    all(&mut ["a", "b", "c", "d"].into_iter().map(|holder| Box::pin(take(holder))).collect()).await;
    let taken = taken.into_inner();
    assert_eq!(taken.len(), 40);
    assert_eq!(BTreeSet::from_iter(taken).len(), 40);
}

/// A lease is prolonged by its holder, or it is lost, and then only who took the job can end it.
pub async fn leases(storage: &dyn Storage) {
    saved(storage, &[job("index"), job("index")]).await;
    let a = claimed(storage, "a", NOW, 1).await.remove(0);
    let b = claimed(storage, "b", NOW, 1).await.remove(0);
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.jobs().renew("a", later(60)).await.unwrap(), [a.id]);
    assert_eq!(tx.jobs().renew("nobody", later(60)).await.unwrap(), []);
    assert_eq!(tx.jobs().lost(later(29), 9).await.unwrap(), []);
    let lost = tx.jobs().lost(later(30), 9).await.unwrap();
    assert_eq!(lost, std::slice::from_ref(&b));
    let again = JobRecord { state: JobState::Queued, error: Some("lost".to_owned()), ..b.clone() };
    assert_eq!(tx.jobs().settle(&b, &again, later(30)).await.unwrap(), Some(JobState::Queued));
    assert_eq!(tx.jobs().settle(&b, &done(&b), later(30)).await.unwrap(), None, "it is nobody's");
    let taken = claim(&mut *tx, "a", later(31), 9).await.remove(0);
    assert_eq!((taken.id, taken.attempts), (b.id, 2));
    assert_eq!(tx.jobs().settle(&b, &done(&b), later(31)).await.unwrap(), None, "it is another's");
    let first_try = JobRecord { attempts: 1, ..taken.clone() };
    assert_eq!(tx.jobs().settle(&first_try, &done(&b), later(31)).await.unwrap(), None, "it is another try");
    assert_eq!(tx.jobs().settle(&taken, &done(&taken), later(31)).await.unwrap(), Some(JobState::Done));
    let ended = tx.jobs().get(b.id).await.unwrap().unwrap();
    assert_eq!((ended.holder, ended.lease_until, ended.finished_at), (None, None, Some(later(5))));
    assert_eq!(tx.jobs().renew("a", later(60)).await.unwrap(), [a.id]);
}

/// A waiting job ends at once, a running one when its holder says so; it is not queued again.
pub async fn cancelled(storage: &dyn Storage) {
    saved(storage, &[job("index"), job("index")]).await;
    let running = claimed(storage, "a", NOW, 1).await.remove(0);
    let mut tx = storage.write().await.unwrap();
    let waiting = tx.jobs().list(&state(JobState::Queued), &page(None, 9)).await.unwrap().items.remove(0);
    assert_eq!(tx.jobs().cancel(waiting.id, later(1)).await.unwrap(), Some(JobState::Cancelled));
    assert_eq!(tx.jobs().get(waiting.id).await.unwrap().unwrap().finished_at, Some(later(1)));
    assert_eq!(tx.jobs().to_cancel("a").await.unwrap(), []);
    assert_eq!(tx.jobs().cancel(running.id, later(1)).await.unwrap(), Some(JobState::Running));
    assert_eq!(tx.jobs().to_cancel("a").await.unwrap(), [running.id]);
    assert_eq!(tx.jobs().to_cancel("b").await.unwrap(), []);
    let again = JobRecord { state: JobState::Queued, ..running.clone() };
    assert_eq!(tx.jobs().settle(&running, &again, later(2)).await.unwrap(), Some(JobState::Cancelled));
    assert_eq!(tx.jobs().get(running.id).await.unwrap().unwrap().finished_at, Some(later(2)));
    assert_eq!(tx.jobs().cancel(running.id, later(3)).await.unwrap(), Some(JobState::Cancelled));
    assert_eq!(tx.jobs().cancel(JobId::new(), NOW).await.unwrap(), None);
}

/// Dead and cancelled jobs get all their attempts again, unless another one with their key came in between.
pub async fn retried(storage: &dyn Storage) {
    let dead = JobRecord { state: JobState::Dead, attempts: 3, finished_at: Some(NOW), ..keyed("a") };
    let cancelled = JobRecord { state: JobState::Cancelled, cancel_requested: true, ..keyed("b") };
    let finished = JobRecord { state: JobState::Done, ..job("index") };
    saved(storage, &[dead.clone(), cancelled.clone(), finished.clone(), keyed("b")]).await;
    let mut tx = storage.write().await.unwrap();
    assert!(tx.jobs().retry(dead.id, later(9)).await.unwrap());
    let queued =
        JobRecord { state: JobState::Queued, attempts: 0, finished_at: None, run_at: later(9), ..dead.clone() };
    assert_eq!(tx.jobs().get(dead.id).await.unwrap(), Some(queued));
    for id in [dead.id, cancelled.id, finished.id, JobId::new()] {
        assert!(!tx.jobs().retry(id, NOW).await.unwrap());
    }
}

fn state(state: JobState) -> JobFilter {
    JobFilter { state: Some(state), kind: None }
}

/// Newest first, by state and kind, page after page.
pub async fn lists_and_counts(storage: &dyn Storage) {
    let dead = |kind| JobRecord { state: JobState::Dead, ..job(kind) };
    let jobs = [job("index"), dead("sweep"), job("sweep"), dead("index"), job("index")];
    saved(storage, &jobs).await;
    let mut tx = storage.read().await.unwrap();
    let mut list = async |filter: &JobFilter, after: Option<&str>| {
        let slice = tx.jobs().list(filter, &page(after, 2)).await.unwrap();
        (slice.items.into_iter().map(|job| job.id).collect::<Vec<_>>(), slice.next)
    };
    let (first, next) = list(&JobFilter::default(), None).await;
    assert_eq!(first, [jobs[4].id, jobs[3].id]);
    let (second, next) = list(&JobFilter::default(), next.as_deref()).await;
    assert_eq!(second, [jobs[2].id, jobs[1].id]);
    assert_eq!(list(&JobFilter::default(), next.as_deref()).await, (vec![jobs[0].id], None));
    assert_eq!(list(&state(JobState::Dead), None).await, (vec![jobs[3].id, jobs[1].id], None));
    let kind = Some("sweep".to_owned());
    assert_eq!(list(&JobFilter { state: None, kind: kind.clone() }, None).await.0, [jobs[2].id, jobs[1].id]);
    assert_eq!(list(&JobFilter { state: Some(JobState::Dead), kind }, None).await.0, [jobs[1].id]);
    let nonsense = tx.jobs().list(&JobFilter::default(), &page(Some("x"), 2)).await;
    assert!(matches!(nonsense, Err(StorageError::Missing("page.after"))), "{nonsense:?}");
    let mut counts = tx.jobs().count().await.unwrap();
    counts.sort_by_key(|(state, _)| *state as u8);
    assert_eq!(counts, [(JobState::Queued, 3), (JobState::Dead, 2)]);
}

/// What pollers ask before they take a lock.
pub async fn due(storage: &dyn Storage) {
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.jobs().due(later(99)).await.unwrap(), Due::default());
    tx.jobs().add(&job("index")).await.unwrap();
    tx.jobs().put_schedule(&schedule("nightly", "0 0 * * *", 3)).await.unwrap();
    assert_eq!(tx.jobs().due(NOW).await.unwrap(), Due { jobs: true, ..Due::default() });
    claim(&mut *tx, "a", NOW, 1).await;
    assert_eq!(tx.jobs().due(later(3)).await.unwrap(), Due { schedules: true, ..Due::default() });
    assert_eq!(tx.jobs().due(later(30)).await.unwrap(), Due { schedules: true, leases: true, jobs: false });
}

fn schedule(name: &str, cron: &str, seconds: u64) -> ScheduleRecord {
    ScheduleRecord { name: name.to_owned(), cron: cron.to_owned(), next_at: later(seconds) }
}

/// A schedule keeps its moment while its rule is the same, and moves on once.
pub async fn schedules(storage: &dyn Storage) {
    let first = schedule("b", "0 * * * *", 1);
    let mut tx = storage.write().await.unwrap();
    tx.jobs().put_schedule(&first).await.unwrap();
    tx.jobs().put_schedule(&schedule("a", "1 * * * *", 2)).await.unwrap();
    tx.jobs().put_schedule(&schedule("b", "0 * * * *", 9)).await.unwrap();
    assert_eq!(tx.jobs().schedules().await.unwrap(), [schedule("a", "1 * * * *", 2), first.clone()]);
    assert!(tx.jobs().advance_schedule(&first, later(7)).await.unwrap());
    assert!(!tx.jobs().advance_schedule(&first, later(8)).await.unwrap());
    tx.jobs().put_schedule(&schedule("b", "5 * * * *", 4)).await.unwrap();
    assert_eq!(tx.jobs().schedules().await.unwrap()[1], schedule("b", "5 * * * *", 4));
}

/// What was done goes earlier than what went wrong; what has not ended stays.
pub async fn pruned(storage: &dyn Storage) {
    let ended = |state, seconds| JobRecord { state, finished_at: Some(later(seconds)), ..job("index") };
    let kept = [ended(JobState::Done, 11), ended(JobState::Dead, 6), job("index")];
    let gone = [ended(JobState::Done, 10), ended(JobState::Dead, 5), ended(JobState::Cancelled, 5)];
    saved(storage, &kept).await;
    saved(storage, &gone).await;
    let mut tx = storage.write().await.unwrap();
    assert_eq!(tx.jobs().prune(later(10), later(5)).await.unwrap(), 3);
    let left = tx.jobs().list(&JobFilter::default(), &page(None, 9)).await.unwrap().items;
    assert_eq!(left.iter().map(|job| job.id).collect::<BTreeSet<_>>(), kept.iter().map(|job| job.id).collect());
}
