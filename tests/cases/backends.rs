//! Puente keeps its data where it is told to, and nowhere else: rows in the database that was named, keys in Redis only
//! if one was named.

use puente_test_support::postgres::Postgres;
use puente_tests::{Backends, Site, erp, tools};
use serde_json::json;

const COUNT: &str = "SELECT CAST(count(*) AS text) AS calls FROM audit_events WHERE action = 'tools/call'";

/// Two equal calls of a cached tool; the second one is answered from the cache.
async fn check(name: &str) {
    let site = Site::on(Backends::named(name));
    erp::copy_to(&site.erp());
    let catalog = tools::root().join("examples/expenses/catalog.yaml");
    site.puente(&["apply", "-f", catalog.to_str().unwrap()]).expect_success();
    let key = site.key("robot", &[]);
    let server = site.serve().await;
    let mcp = server.mcp(&key);
    let redis = site.backends().redis.as_ref();
    if redis.is_some() {
        server.until("it has found Redis", async || server.has_found_redis()).await;
    }
    for _ in 0..2 {
        let _ = mcp.call("erp_list_companies", json!({})).await.expect(200);
    }
    if let Some(redis) = redis {
        for keys in ["puente:*:cache:result:*", "puente:*:rate:calls:*"] {
            assert_eq!(redis.keys(keys).len(), 1, "{keys}");
        }
    }
    server.stop().await;

    let embedded = site.data().join("puente.db");
    let rows = match &site.backends().database_url {
        Some(url) => Postgres::column(url, COUNT).await.unwrap()[0].clone(),
        None => erp::rows(&embedded, COUNT, &[])[0]["calls"].as_str().unwrap().to_owned(),
    };
    assert!(rows.parse::<u32>().unwrap() >= 2, "{name}: {rows} calls in the trail");
    assert_eq!(embedded.exists(), site.backends().database_url.is_none(), "{name}");
}

#[tokio::test]
async fn sqlite_and_memory() {
    check("sqlite+memory").await;
}

#[tokio::test]
async fn sqlite_and_redis() {
    check("sqlite+redis").await;
}

#[tokio::test]
async fn postgresql_and_memory() {
    check("postgresql+memory").await;
}

#[tokio::test]
async fn postgresql_and_redis() {
    check("postgresql+redis").await;
}
