//! Replicas that start at once, on a database that has nothing in it.

use puente_test_support::postgres::Postgres;
use puente_tests::{ADMIN_EMAIL, ADMIN_PASSWORD, Api};

use super::cluster;

#[tokio::test]
async fn three_replicas_start_at_once_on_an_empty_database() {
    let (cluster, database) = cluster(3, &[]).await;
    let servers = cluster.serve().await;
    let migrated = "SELECT version::text FROM _sqlx_migrations WHERE success ORDER BY version";
    let versions = Postgres::column(&database, migrated).await.unwrap();
    assert!(!versions.is_empty());
    // One of them made the administrator, the virtual server and the key; all of them know it.
    for table in ["users", "servers", "api_keys"] {
        let count = Postgres::column(&database, &format!("SELECT count(*)::text FROM {table}")).await.unwrap();
        assert_eq!(count, ["1"], "{table}");
    }
    for server in &servers {
        Api::sign_in(server.url(), ADMIN_EMAIL, ADMIN_PASSWORD).await;
    }
    for server in servers {
        assert_eq!(server.stop().await.code(), Some(0));
    }
}
