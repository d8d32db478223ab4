//! What becomes of a job.

use std::time::Duration;

use puente_domain::job::JobState;
use puente_queue::{GaveUp, PushOptions, WorkerOptions};

use crate::bench::{Act, Bench, Deed, deed, on_both};

on_both! {
    done_once
    failed_comes_again_and_then_dies
    ended_at_once_when_for_good
    panics_are_failures
    higher_priorities_first
    pushed_with_what_it_is_about_or_not_at_all
    unique_while_it_waits
    later_when_delayed
    cancelled_while_it_waits_and_while_it_runs
    dead_ones_can_be_retried
    given_back_when_the_worker_stops
    finished_when_the_worker_stops_slowly
    taken_from_a_worker_that_says_nothing
    kept_by_a_worker_that_goes_on
    adopted_ones_are_kept_too
}

async fn done_once(backend: &str) {
    let bench = Bench::new(backend).await;
    let id = bench.push(Act::Succeed).await;
    bench.work();
    let job = bench.when(id, |job| job.state == JobState::Done).await;
    assert_eq!((job.attempts, job.error, job.holder), (1, None, None));
    assert!(job.finished_at >= job.started_at);
    assert_eq!(bench.starts(), [(id, 1)]);
    let counts = bench.queue.count().await.unwrap();
    assert_eq!(counts.map(|(_, count)| count), [0, 0, 1, 0, 0]);
}

async fn failed_comes_again_and_then_dies(backend: &str) {
    let bench = Bench::new(backend).await;
    let (once, always) = (bench.push(Act::FailOnce).await, bench.push(Act::Fail).await);
    bench.work();
    let waiting = bench.when(always, |job| job.error.is_some()).await;
    assert!(waiting.state != JobState::Queued || waiting.run_at > waiting.created_at);
    assert_eq!(bench.when(once, |job| job.state == JobState::Done).await.attempts, 2);
    let dead = bench.when(always, |job| job.state == JobState::Dead).await;
    assert_eq!((dead.attempts, dead.error.as_deref()), (2, Some("out of luck")));
    assert_eq!(*bench.seen.gave_up.lock().unwrap(), [(Act::Fail, GaveUp::Dead("out of luck".to_owned()))]);
    let mut tx = bench.storage.read().await.unwrap();
    assert_eq!(tx.versions().value("gave up").await.unwrap().as_deref(), Some("Fail"));
}

async fn ended_at_once_when_for_good(backend: &str) {
    let bench = Bench::new(backend).await;
    let id = bench.push(Act::FailForGood).await;
    bench.work();
    let dead = bench.when(id, |job| job.state == JobState::Dead).await;
    assert_eq!((dead.attempts, dead.error.as_deref()), (1, Some("never")));
}

async fn panics_are_failures(backend: &str) {
    let bench = Bench::new(backend).await;
    let id = bench.push(Act::Panic).await;
    bench.work();
    let failed = bench.when(id, |job| job.error.is_some()).await;
    assert!(failed.error.unwrap().contains("panicked"));
}

async fn higher_priorities_first(backend: &str) {
    let bench = Bench::new(backend).await;
    let mut ids = Vec::new();
    for priority in [0, -10, 10] {
        let options = PushOptions { priority: Some(priority), ..PushOptions::default() };
        ids.push(bench.queue.push_with(&deed(Act::Succeed), options).await.unwrap().id);
    }
    bench.work_on(&bench.queue, WorkerOptions { concurrency: 1, ..WorkerOptions::default() });
    bench.when(ids[1], |job| job.state == JobState::Done).await;
    assert_eq!(bench.starts(), [(ids[2], 1), (ids[0], 1), (ids[1], 1)]);
}

async fn pushed_with_what_it_is_about_or_not_at_all(backend: &str) {
    let bench = Bench::new(backend).await;
    let mut tx = bench.storage.write().await.unwrap();
    let dropped = bench.queue.push_in(&mut *tx, &deed(Act::Succeed), PushOptions::default()).await.unwrap();
    tx.cancel().await.unwrap();
    let mut tx = bench.storage.write().await.unwrap();
    let kept = bench.queue.push_in(&mut *tx, &deed(Act::Succeed), PushOptions::default()).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(bench.queue.get(dropped.id).await.unwrap(), None);
    // Nobody woke the worker.
    bench.work();
    bench.when(kept.id, |job| job.state == JobState::Done).await;
}

async fn unique_while_it_waits(backend: &str) {
    let bench = Bench::new(backend).await;
    let keyed = Deed { act: Act::Succeed, key: Some("a".to_owned()) };
    let first = bench.queue.push(&keyed).await.unwrap();
    let second = bench.queue.push(&keyed).await.unwrap();
    assert_eq!((first.new, second.new, second.id), (true, false, first.id));
    bench.work();
    bench.when(first.id, |job| job.state == JobState::Done).await;
    assert!(bench.queue.push(&keyed).await.unwrap().new);
}

async fn later_when_delayed(backend: &str) {
    let bench = Bench::new(backend).await;
    let options = PushOptions { delay: Duration::from_hours(1), ..PushOptions::default() };
    let later = bench.queue.push_with(&deed(Act::Succeed), options).await.unwrap().id;
    let now = bench.push(Act::Succeed).await;
    bench.work();
    bench.when(now, |job| job.state == JobState::Done).await;
    assert_eq!(bench.queue.get(later).await.unwrap().unwrap().state, JobState::Queued);
    assert_eq!(bench.starts(), [(now, 1)]);
}

async fn cancelled_while_it_waits_and_while_it_runs(backend: &str) {
    let bench = Bench::new(backend).await;
    let waiting = bench.push(Act::Succeed).await;
    let cancelled = bench.queue.cancel(waiting).await.unwrap().unwrap();
    assert_eq!(cancelled.state, JobState::Cancelled);
    let running = bench.push(Act::Wait).await;
    bench.work();
    bench.when(running, |job| job.state == JobState::Running).await;
    assert_eq!(bench.queue.cancel(running).await.unwrap().unwrap().state, JobState::Running);
    bench.when(running, |job| job.state == JobState::Cancelled).await;
    let gave_up = bench.seen.gave_up.lock().unwrap().clone();
    assert_eq!(gave_up, [(Act::Succeed, GaveUp::Cancelled), (Act::Wait, GaveUp::Cancelled)]);
    assert_eq!(bench.starts(), [(running, 1)]);
}

async fn dead_ones_can_be_retried(backend: &str) {
    let bench = Bench::new(backend).await;
    let id = bench.push(Act::FailForGood).await;
    bench.work();
    bench.when(id, |job| job.state == JobState::Dead).await;
    assert!(bench.queue.retry(id).await.unwrap());
    bench.when(id, |_| bench.starts().len() == 2).await;
    bench.when(id, |job| job.state == JobState::Dead).await;
}

async fn given_back_when_the_worker_stops(backend: &str) {
    let bench = Bench::new(backend).await;
    let id = bench.push(Act::Wait).await;
    let options = WorkerOptions { drain: Duration::ZERO, ..WorkerOptions::default() };
    let worker = bench.work_on(&bench.queue, options);
    bench.when(id, |job| job.state == JobState::Running).await;
    bench.stop.cancel();
    worker.await.unwrap();
    let job = bench.queue.get(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts, job.holder), (JobState::Queued, 0, None));
}

async fn finished_when_the_worker_stops_slowly(backend: &str) {
    let bench = Bench::new(backend).await;
    let (id, next) = (bench.push(Act::Wait).await, bench.push(Act::Succeed).await);
    let worker = bench.work_on(&bench.queue, WorkerOptions { concurrency: 1, ..WorkerOptions::default() });
    bench.when(id, |job| job.state == JobState::Running).await;
    bench.stop.cancel();
    bench.gate.add_permits(1);
    worker.await.unwrap();
    assert_eq!(bench.queue.get(id).await.unwrap().unwrap().state, JobState::Done);
    assert_eq!(bench.queue.get(next).await.unwrap().unwrap().state, JobState::Queued, "nothing new is taken");
}

/// Its lease ends at once and nobody prolongs it.
async fn taken_from_a_worker_that_says_nothing(backend: &str) {
    let bench = Bench::new(backend).await;
    let mute = bench.another(Duration::ZERO);
    let mut tx = bench.storage.write().await.unwrap();
    let lost = mute.adopt_in(&mut *tx, &deed(Act::Succeed), PushOptions::default()).await.unwrap();
    let once = PushOptions { max_attempts: Some(1), ..PushOptions::default() };
    let only = mute.adopt_in(&mut *tx, &deed(Act::Wait), once).await.unwrap();
    tx.save().await.unwrap();
    bench.work();
    let done = bench.when(lost.id, |job| job.state == JobState::Done).await;
    assert_eq!(done.attempts, 2);
    let dead = bench.when(only.id, |job| job.state == JobState::Dead).await;
    assert!(dead.error.unwrap().contains("lost"));
    assert_eq!(bench.starts(), [(lost.id, 2)]);
    let mut tx = bench.storage.write().await.unwrap();
    assert!(!mute.finish_in(&mut *tx, &lost).await.unwrap(), "it is in other hands");
}

async fn kept_by_a_worker_that_goes_on(backend: &str) {
    let bench = Bench::with_lease(backend, Duration::from_secs(2)).await;
    let id = bench.push(Act::Wait).await;
    bench.work();
    let first = bench.when(id, |job| job.state == JobState::Running).await;
    let second = bench.when(id, |job| job.lease_until > first.lease_until).await;
    bench.when(id, |job| job.lease_until > second.lease_until).await;
    bench.gate.add_permits(1);
    assert_eq!(bench.when(id, |job| job.state == JobState::Done).await.attempts, 1);
}

async fn adopted_ones_are_kept_too(backend: &str) {
    let bench = Bench::with_lease(backend, Duration::from_secs(2)).await;
    let mut tx = bench.storage.write().await.unwrap();
    let job = bench.queue.adopt_in(&mut *tx, &deed(Act::Wait), PushOptions::default()).await.unwrap();
    tx.save().await.unwrap();
    let held = bench.queue.hold(job.id);
    bench.work();
    bench.when(job.id, |now| now.lease_until > job.lease_until).await;
    assert_eq!(bench.queue.cancel(job.id).await.unwrap().unwrap().state, JobState::Running);
    held.cancel().cancelled().await;
    let mut tx = bench.storage.write().await.unwrap();
    assert!(bench.queue.finish_in(&mut *tx, &job).await.unwrap());
    tx.save().await.unwrap();
    assert_eq!(bench.queue.get(job.id).await.unwrap().unwrap().state, JobState::Done);
    assert_eq!(bench.starts(), []);
}
