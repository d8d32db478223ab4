//! Opening, and what happens when the file is not as expected.

use std::{collections::BTreeSet, fs::Permissions, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use puente_domain::{Timestamp, UserId, user::User};
use puente_storage::{Storage, StorageError};
use puente_storage_sqlite::{SqliteOptions, SqliteStorage, open};
use sqlx::{Connection, Row, SqliteConnection};

async fn opened(path: &Path) -> SqliteStorage {
    open(path, SqliteOptions::default()).await.unwrap()
}

async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap()
}

async fn add_user(storage: &SqliteStorage, email: &str) -> Result<(), StorageError> {
    let now = Timestamp::from_micros(1);
    let user = User {
        id: UserId::new(),
        email: email.to_owned(),
        display_name: String::new(),
        role: puente_domain::Role::Member,
        password_hash: None,
        disabled_at: None,
        failed_logins: 0,
        locked_until: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut tx = storage.write().await?;
    tx.users().add(&user).await?;
    tx.save().await
}

#[tokio::test]
async fn creates_the_file_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/puente.db");
    let storage = opened(&path).await;
    add_user(&storage, "ana@example.com").await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("a")), 0o700);
    for file in ["puente.db", "puente.db-wal", "puente.db-shm"] {
        assert_eq!(mode(&path.with_file_name(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_file_that_others_could_read_becomes_its_owner_s() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    opened(&path).await.close().await;
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let storage = opened(&path).await;
    add_user(&storage, "ana@example.com").await.unwrap();
    for file in ["puente.db", "puente.db-wal", "puente.db-shm"] {
        let mode = path.with_file_name(file).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
}

#[tokio::test]
async fn closing_leaves_one_file_beside_its_lock_that_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    let storage = opened(&path).await;
    add_user(&storage, "ana@example.com").await.unwrap();
    storage.close().await;
    let files: BTreeSet<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, BTreeSet::from(["puente.db".into(), "puente.db.lock".into()]));
    let storage = opened(&path).await;
    assert_eq!(storage.read().await.unwrap().users().count().await.unwrap(), 1);
    storage.ping().await.unwrap();
}

#[tokio::test]
async fn many_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    let openings: Vec<_> =
        (0..6).map(|_| path.clone()).map(|path| tokio::spawn(async move { opened(&path).await })).collect();
    for opening in openings {
        opening.await.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn every_table_is_strict_and_every_commit_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    let _storage = opened(&path).await;
    let mut connection = raw(&path).await;
    let lax = "SELECT name FROM pragma_table_list
               WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    let lax = sqlx::query(lax).fetch_all(&mut connection).await.unwrap();
    assert_eq!(lax.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>(), Vec::<String>::new());
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_newer_schema_is_refused_unless_it_only_expands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    opened(&path).await.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut raw(&path).await).await.unwrap();
    // The newer release says from which schema on programs may serve: this one may, until it says otherwise.
    opened(&path).await.close().await;
    let contracted = "UPDATE settings SET value = '9999' WHERE name = 'schema_serves_from'";
    sqlx::query(contracted).execute(&mut raw(&path).await).await.unwrap();
    let refused = open(&path, SqliteOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::TooNew { found: 9999, known: 1.. })), "{refused:?}");
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    let text = "a text that somebody needs, longer than the header of a database".repeat(20);
    std::fs::write(&path, &text).unwrap();
    let refused = open(&path, SqliteOptions::default()).await;
    assert!(matches!(refused, Err(StorageError::Driver(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
    let refused = open(&file.join("puente.db"), SqliteOptions::default()).await;
    assert!(matches!(&refused, Err(StorageError::ReadOnly(reason)) if reason.contains("puente.db")), "{refused:?}");
}

#[tokio::test]
async fn a_writer_waits_for_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puente.db");
    let (one, other) = (opened(&path).await, opened(&path).await);
    let held = one.write().await.unwrap();
    let waiting = tokio::spawn(async move { add_user(&other, "ana@example.com").await });
    held.cancel().await.unwrap();
    waiting.await.unwrap().unwrap();
    let impatient = SqliteOptions { patience: Duration::from_millis(20), ..SqliteOptions::default() };
    let other = open(&path, impatient).await.unwrap();
    let _held = one.write().await.unwrap();
    let refused = add_user(&other, "bo@example.com").await;
    assert!(matches!(refused, Err(StorageError::Driver(_))), "{refused:?}");
}
