//! What stands on the link, with a real Redis that is killed, hung and emptied.
#![expect(clippy::unwrap_used, reason = "a test fails that way")]

mod bus;
mod cache;
mod link;
mod rates;

use std::time::Duration;

use puente_redis::{Link, News, Options};
use puente_test_support::redis::Redis;
use tokio::time::{Instant, sleep, timeout};

/// Longer than a busy machine needs to answer; only hanging makes a test wait for it.
const TIMEOUT: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_mins(1);

/// A link that is open.
async fn open(redis: &Redis) -> Link {
    let link = Link::new(&redis.url(), Options { timeout: TIMEOUT, channel: "test:hints".to_owned() }).unwrap();
    until("the link is open", async || link.is_open()).await;
    link
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

async fn next(news: &mut tokio::sync::broadcast::Receiver<News>) -> News {
    timeout(PATIENCE, news.recv()).await.unwrap().unwrap()
}
