use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use puente_domain::{ManualClock, Timestamp};
use tokio::sync::Semaphore;

use super::*;

fn cache() -> Cache<&'static str> {
    Cache::new(Arc::new(Memory::new(1 << 20, Arc::new(ManualClock::at(Timestamp::from_micros(0))))))
}

fn key() -> Key {
    Key::new("result", &[b"a"])
}

const TTL: Duration = Duration::from_secs(30);

fn filled(keep: bool) -> Filled {
    Filled { value: Bytes::from_static(b"1"), keep }
}

#[tokio::test]
async fn a_hundred_equal_calls_fill_once() {
    let (cache, fills) = (cache(), Arc::new(AtomicUsize::new(0)));
    let call = || {
        let fills = fills.clone();
        cache.get_or_fill(key(), TTL, |_| async move {
            fills.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(filled(true))
        })
    };
    let answers = join_all((0..100).map(|_| call())).await;
    assert_eq!(fills.load(Ordering::SeqCst), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Answer::Flown { led: true, .. })).count(), 1);
    assert_eq!(call().await, Answer::Kept(Bytes::from_static(b"1")));
}

#[tokio::test]
async fn one_who_leaves_does_not_take_the_answer_from_the_others() {
    let cache = cache();
    let gate = Arc::new(Semaphore::new(0));
    let call = || {
        let gate = gate.clone();
        cache.get_or_fill(key(), TTL, |cancel| async move {
            tokio::select! {
                () = cancel.cancelled() => Err("cancelled"),
                _ = gate.acquire() => Ok(filled(true)),
            }
        })
    };
    let mut leader = Box::pin(call());
    assert!(futures::poll!(&mut leader).is_pending());
    let mut other = Box::pin(call());
    assert!(futures::poll!(&mut other).is_pending());
    drop(leader);
    gate.add_permits(1);
    assert_eq!(other.await, Answer::Flown { outcome: Ok(Bytes::from_static(b"1")), led: false });
}

#[tokio::test]
async fn the_last_one_who_leaves_cancels_and_the_next_one_starts_anew() {
    let cache = cache();
    let (cancelled, mut told) = tokio::sync::mpsc::channel(1);
    let mut call = Box::pin(cache.get_or_fill(key(), TTL, |cancel| async move {
        cancel.cancelled().await;
        let _ = cancelled.send(()).await;
        Err("cancelled")
    }));
    assert!(futures::poll!(&mut call).is_pending());
    drop(call);
    told.recv().await;
    let again = cache.get_or_fill(key(), TTL, |_| async { Ok(filled(false)) }).await;
    assert_eq!(again, Answer::Flown { outcome: Ok(Bytes::from_static(b"1")), led: true });
}

#[tokio::test]
async fn failures_are_shared_and_never_kept() {
    let cache = cache();
    let failed = cache.get_or_fill(key(), TTL, |_| async { Err("down") }).await;
    assert_eq!(failed, Answer::Flown { outcome: Err("down"), led: true });
    let unkept = cache.get_or_fill(key(), TTL, |_| async { Ok(filled(false)) }).await;
    assert!(matches!(unkept, Answer::Flown { outcome: Ok(_), led: true }));
    let again = cache.get_or_fill(key(), TTL, |_| async { Err("down again") }).await;
    assert_eq!(again, Answer::Flown { outcome: Err("down again"), led: true });
}

#[tokio::test]
async fn a_flight_that_panics_leaves_nothing_behind() {
    let cache = cache();
    let lost = cache.get_or_fill(key(), TTL, |_| async { panic!("on purpose") }).await;
    assert_eq!(lost, Answer::Lost);
    assert!(cache.flights.is_empty());
}
