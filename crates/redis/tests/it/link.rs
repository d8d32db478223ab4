//! The link itself.

use futures::FutureExt;
use puente_redis::{Link, News, Options, RedisError, cmd};
use puente_test_support::redis::Redis;

use super::{TIMEOUT, next, open, until};

#[tokio::test]
async fn a_redis_that_hangs_costs_its_patience_once() {
    let redis = Redis::start();
    let link = open(&redis).await;
    let ping = || async { link.run::<()>(&cmd("PING")).await };
    ping().await.unwrap();
    redis.hang();
    assert!(matches!(ping().await, Err(RedisError::Down)));
    assert!(!link.is_open());
    for _ in 0..100 {
        let at_once = ping().now_or_never();
        assert!(matches!(at_once, Some(Err(RedisError::Down))), "it waited");
    }
    redis.go_on();
    until("it is open again", async || link.is_open()).await;
    ping().await.unwrap();
}

#[tokio::test]
async fn a_redis_that_comes_back_is_found_and_said_to_be_back() {
    let mut redis = Redis::start();
    let link = open(&redis).await;
    let mut news = link.news();
    redis.kill();
    until("it is noticed", async || !link.is_open()).await;
    redis.start_again();
    assert_eq!(next(&mut news).await, News::Connected);
    link.run::<()>(cmd("PUBLISH").arg("test:hints").arg("hello")).await.unwrap();
    assert_eq!(next(&mut news).await, News::Message(b"hello".as_slice().into()));
}

#[tokio::test]
async fn what_redis_refuses_is_an_answer() {
    let redis = Redis::start();
    let link = open(&redis).await;
    let _ = redis.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let set = link.run::<()>(cmd("SET").arg("key").arg("value")).await;
    assert!(matches!(&set, Err(RedisError::Refused(why)) if why.contains("OOM")), "{set:?}");
    assert!(link.is_open());
}

#[tokio::test]
async fn without_the_password_there_is_no_link_and_a_wrong_url_is_told() {
    let redis = Redis::start();
    let options = Options { timeout: TIMEOUT, channel: "test:hints".to_owned() };
    let wrong = redis.url().replace("a-password", "another-password");
    let link = Link::new(&wrong, options.clone()).unwrap();
    let refused = || redis.ask(&["INFO", "errorstats"]).contains("errorstat_WRONGPASS");
    until("it was refused", async || refused()).await;
    assert!(!link.is_open());
    assert!(matches!(Link::new("http://127.0.0.1", options), Err(RedisError::Url(_))));
}
