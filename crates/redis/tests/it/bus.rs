//! Hints over Redis.

use std::time::Duration;

use puente_bus::{Bus, Hint, Memory};
use puente_test_support::redis::Redis;
use tokio::{sync::broadcast::Receiver, time::timeout};

use super::{PATIENCE, open, until};

async fn bus(redis: &Redis, fallback: Option<Bus>) -> Bus {
    let link = open(redis).await;
    Bus::new(puente_bus::Redis::new(&link, "test:hints".to_owned(), fallback))
}

/// The next hint that is no [`Hint::Interrupted`].
async fn heard(hints: &mut Receiver<Hint>) -> Hint {
    loop {
        match timeout(PATIENCE, hints.recv()).await.unwrap().unwrap() {
            Hint::Interrupted => {}
            hint => return hint,
        }
    }
}

fn about(session: &str) -> Hint {
    Hint::SessionChanged { session: session.to_owned() }
}

#[tokio::test]
async fn every_replica_hears_every_hint_once() {
    let redis = Redis::start();
    let (first, second) = (bus(&redis, None).await, bus(&redis, None).await);
    let (mut here, mut there) = (first.subscribe(), second.subscribe());
    first.publish(about("a"));
    first.publish(about("b"));
    for hints in [&mut here, &mut there] {
        assert_eq!(heard(hints).await, about("a"));
        assert_eq!(heard(hints).await, about("b"));
    }
    second.publish(about("c"));
    assert_eq!(heard(&mut here).await, about("c"));
}

#[tokio::test]
async fn an_interruption_is_told_and_hints_come_again() {
    let mut redis = Redis::start();
    let (first, second) = (bus(&redis, None).await, bus(&redis, None).await);
    redis.kill();
    let mut hints = second.subscribe();
    redis.start_again();
    while timeout(PATIENCE, hints.recv()).await.unwrap().unwrap() != Hint::Interrupted {}
    // The other end may need a moment longer.
    until("a hint arrives", async || {
        first.publish(about("a"));
        tokio::time::sleep(Duration::from_millis(20)).await;
        let mut hints = hints.resubscribe();
        first.publish(about("a"));
        timeout(Duration::from_millis(200), hints.recv()).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn without_redis_hints_take_the_other_way() {
    let mut redis = Redis::start();
    let other_way = Bus::new(Memory::default());
    let (first, second) = (bus(&redis, Some(other_way.clone())).await, bus(&redis, Some(other_way)).await);
    let mut hints = second.subscribe();
    redis.kill();
    first.publish(about("a"));
    assert_eq!(heard(&mut hints).await, about("a"));
}
