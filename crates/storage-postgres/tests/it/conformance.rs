//! The conformance suite.

use puente_storage::{Storage, conformance_suite};
use puente_storage_postgres::{PostgresOptions, connect};
use puente_test_support::postgres::Postgres;

async fn empty() -> (Box<dyn Storage>, ()) {
    let migrate = async |url: String| connect(&url, PostgresOptions::default()).await.unwrap().close().await;
    let url = Postgres::shared().create_database_like("puente_storage", migrate).await.unwrap();
    (Box::new(connect(&url, PostgresOptions::default()).await.unwrap()), ())
}

conformance_suite!(empty);
