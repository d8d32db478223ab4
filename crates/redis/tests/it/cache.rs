//! Results that replicas share.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use puente_cache::{Backend, Key, Memory, Redis as Shared};
use puente_domain::{ManualClock, Timestamp};
use puente_redis::Link;
use puente_test_support::redis::Redis;

use super::open;

const TTL: Duration = Duration::from_secs(30);

fn replica(link: Link) -> Shared {
    Shared::new(link, "test:".to_owned(), Memory::new(1 << 24, Arc::new(ManualClock::at(Timestamp::from_micros(0)))))
}

fn key() -> Key {
    Key::new("result", &[b"a"])
}

#[tokio::test]
async fn one_replica_keeps_and_another_finds_until_the_time_is_over() {
    let redis = Redis::start();
    let (first, second) = (replica(open(&redis).await), replica(open(&redis).await));
    assert_eq!(first.get(&key()).await.unwrap(), None);
    first.set(&key(), Bytes::from_static(b"1"), TTL).await.unwrap();
    assert_eq!(second.get(&key()).await.unwrap(), Some(Bytes::from_static(b"1")));
    let keys = redis.keys("test:cache:result:*");
    assert_eq!(keys.len(), 1, "{keys:?}");
    let left: u64 = redis.ask(&["PTTL", &keys[0]]).trim_start_matches(':').trim_end().parse().unwrap();
    assert!((1..=30_000).contains(&left), "{left}");
    let _ = redis.ask(&["FLUSHALL"]);
    assert_eq!(second.get(&key()).await.unwrap(), None);
}

#[tokio::test]
async fn without_redis_each_replica_keeps_for_itself() {
    let redis = Redis::start();
    let (first, second) = (replica(open(&redis).await), replica(open(&redis).await));
    redis.hang();
    first.set(&key(), Bytes::from_static(b"1"), TTL).await.unwrap();
    assert_eq!(first.get(&key()).await.unwrap(), Some(Bytes::from_static(b"1")));
    assert_eq!(second.get(&key()).await.unwrap(), None);
    redis.go_on();
}

#[tokio::test]
async fn what_redis_does_not_take_stays_here() {
    let redis = Redis::start();
    let cache = replica(open(&redis).await);
    let large = Bytes::from(vec![b'x'; 1024 * 1024 + 1]);
    cache.set(&key(), large.clone(), TTL).await.unwrap();
    assert_eq!(cache.get(&key()).await.unwrap(), Some(large));
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let refused = Key::new("result", &[b"b"]);
    cache.set(&refused, Bytes::from_static(b"1"), TTL).await.unwrap();
    assert_eq!(cache.get(&refused).await.unwrap(), Some(Bytes::from_static(b"1")));
    assert!(redis.keys("*").is_empty());
}
