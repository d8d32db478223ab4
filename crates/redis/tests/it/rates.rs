//! Limits that replicas count together.

use std::{net::IpAddr, time::Duration};

use puente_domain::Subject;
use puente_rates::{Quota, Rate, Rates, Who};
use puente_redis::Link;
use puente_test_support::redis::Redis;

use super::{open, until};

const HOUR: Duration = Duration::from_hours(1);

fn limit(link: Link, calls: u32, per: Duration) -> Rate {
    Rates::shared(link, "test:".to_owned()).limit("calls", Quota { calls, per })
}

fn who(address: [u8; 4]) -> Who {
    Who { subject: Subject::Anonymous, address: Some(IpAddr::from(address)) }
}

/// How many of so many calls are let in.
async fn passed(rate: &Rate, who: &Who, calls: u32) -> u32 {
    let mut passed = 0;
    for _ in 0..calls {
        passed += u32::from(rate.check(who).await.is_ok());
    }
    passed
}

#[tokio::test]
async fn replicas_count_together_and_callers_apart() {
    let redis = Redis::start();
    let (first, second) = (limit(open(&redis).await, 4, HOUR), limit(open(&redis).await, 4, HOUR));
    let (ana, ben) = (who([192, 0, 2, 1]), who([192, 0, 2, 2]));
    assert_eq!(passed(&first, &ana, 3).await, 3);
    assert_eq!(passed(&second, &ana, 3).await, 1);
    let wait = second.check(&ana).await.unwrap_err().retry_after;
    assert!((1..=900).contains(&wait.as_secs()), "{wait:?}");
    assert_eq!(passed(&second, &ben, 4).await, 4);
    assert_eq!(redis.keys("test:rate:calls:*").len(), 2);
}

#[tokio::test]
async fn without_redis_each_replica_counts_for_itself() {
    let mut redis = Redis::start();
    let (link, other) = (open(&redis).await, open(&redis).await);
    let (first, second) = (limit(link.clone(), 4, HOUR), limit(other, 4, HOUR));
    let ana = who([192, 0, 2, 1]);
    assert_eq!(passed(&first, &ana, 2).await, 2);
    redis.kill();
    until("it is noticed", async || !link.is_open()).await;
    assert_eq!(passed(&first, &ana, 5).await, 2, "what was counted here still counts");
    assert_eq!(passed(&second, &ana, 5).await, 4);
}

#[tokio::test]
async fn a_large_limit_is_asked_for_in_parts() {
    let redis = Redis::start();
    let rate = limit(open(&redis).await, 6000, Duration::from_mins(1));
    assert_eq!(passed(&rate, &who([192, 0, 2, 1]), 500).await, 500);
    let statistics = redis.ask(&["INFO", "commandstats"]);
    let asked = statistics.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls=")).unwrap();
    let asked: u32 = asked.split(',').next().unwrap().parse().unwrap();
    assert!(asked < 100, "{asked} questions for 500 calls");
}
