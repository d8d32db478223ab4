//! Jobs that come by themselves.

use std::{sync::Arc, time::Duration};

use puente_domain::{
    Timestamp,
    job::{JobState, ScheduleRecord},
};
use puente_queue::{Handlers, WorkerOptions};
use puente_storage::{JobFilter, Page};

use crate::bench::{Act, Bench, Doer, deed, on_both};

on_both! { one_job_for_all_processes_and_all_missed_moments }

const RULE: &str = "0 3 29 2 *";

/// Two workers see that the moment has come, long ago; one job is made, and the next moment lies ahead.
async fn one_job_for_all_processes_and_all_missed_moments(backend: &str) {
    let bench = Bench::new(backend).await;
    let mut tx = bench.storage.write().await.unwrap();
    let missed = Timestamp::from_micros(1);
    tx.jobs()
        .put_schedule(&ScheduleRecord { name: "deed".to_owned(), cron: RULE.to_owned(), next_at: missed })
        .await
        .unwrap();
    tx.save().await.unwrap();
    for _ in 0..2 {
        let queue =
            puente_queue::Queue::new(bench.storage.clone(), puente_bus::Bus::new(puente_bus::Memory::default()));
        let doer = Doer { seen: bench.seen.clone(), gate: Arc::clone(&bench.gate) };
        queue.register(Handlers::default().every(RULE.parse().unwrap(), &deed(Act::Succeed), doer).unwrap());
        bench.work_on(&queue, WorkerOptions { poll: Duration::from_millis(20), ..WorkerOptions::default() });
    }
    let ahead = loop {
        let mut tx = bench.storage.read().await.unwrap();
        let schedule = tx.jobs().schedules().await.unwrap().remove(0);
        if schedule.next_at > tx.jobs().now().await.unwrap() {
            break schedule.next_at;
        }
    };
    assert!(ahead > missed);
    let jobs = bench.queue.list(&JobFilter::default(), &Page::default()).await.unwrap().items;
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].unique_key.as_deref(), Some("schedule:deed"));
    bench.when(jobs[0].id, |job| job.state == JobState::Done).await;
}
