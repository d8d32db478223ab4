//! Connecting, and what happens when the database is not as expected.

use std::{fmt::Write, time::Duration};

use puente_storage::{Storage, StorageError};
use puente_storage_postgres::{PostgresOptions, connect};
use puente_test_support::postgres::Postgres;
use sqlx::{Connection, PgConnection};

async fn new_database() -> String {
    Postgres::shared().create_database().await.unwrap()
}

#[tokio::test]
async fn many_migrate_a_new_database_at_once() {
    let url = new_database().await;
    let connecting: Vec<_> = (0..6)
        .map(|_| url.clone())
        .map(|url| tokio::spawn(async move { connect(&url, PostgresOptions::default()).await.unwrap() }))
        .collect();
    for connecting in connecting {
        connecting.await.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_unless_it_only_expands() {
    let url = new_database().await;
    connect(&url, PostgresOptions::default()).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', true, '', 0)";
    let mut admin = PgConnection::connect(&url).await.unwrap();
    sqlx::query(newer).execute(&mut admin).await.unwrap();
    // The newer release says from which schema on programs may serve: this one may, until it says otherwise.
    connect(&url, PostgresOptions::default()).await.unwrap().close().await;
    let contracted = "UPDATE settings SET value = '9999' WHERE name = 'schema_serves_from'";
    sqlx::query(contracted).execute(&mut admin).await.unwrap();
    let refused = connect(&url, PostgresOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::TooNew { found: 9999, known: 1.. })), "{refused:?}");
}

#[tokio::test]
async fn all_text_is_ordered_by_bytes() {
    let url = new_database().await;
    connect(&url, PostgresOptions::default()).await.unwrap().close().await;
    let other = "SELECT table_name || '.' || column_name FROM information_schema.columns
                   WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'
                     AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'";
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let other: Vec<String> = sqlx::query_scalar(other).fetch_all(&mut connection).await.unwrap();
    assert_eq!(other, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_told_apart() {
    let url = new_database().await;
    let read_only = format!("{url}?options=-c%20default_transaction_read_only%3Don");
    let refused = connect(&read_only, PostgresOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::ReadOnly(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_an_error_without_the_password() {
    for url in ["postgresql://puente:s3cret@127.0.0.1:1/puente", "postgresql://puente:s3cret@127.0.0.1:port/puente"] {
        let refused = connect(url, PostgresOptions::default()).await.unwrap_err();
        let mut text = format!("{refused} {refused:?}");
        let mut cause = std::error::Error::source(&refused);
        while let Some(error) = cause {
            write!(text, " {error} {error:?}").unwrap();
            cause = error.source();
        }
        assert!(matches!(refused, StorageError::Driver(_)), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_and_its_connection_goes_on() {
    let url = new_database().await;
    let statement = Duration::from_millis(50);
    let storage = connect(&url, PostgresOptions { statement, ..PostgresOptions::default() }).await.unwrap();
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut locked = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE users IN ACCESS EXCLUSIVE MODE").execute(&mut *locked).await.unwrap();
    let ended = storage.ping().await;
    assert!(matches!(ended, Err(StorageError::Driver(_))), "{ended:?}");
    locked.rollback().await.unwrap();
    storage.ping().await.unwrap();
}
