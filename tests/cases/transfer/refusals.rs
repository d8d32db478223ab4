//! What must be refused, with nothing changed.

use puente_tests::{FAILED, PgDatabase, REFUSED};
use rusqlite::Connection;

use super::{bytes, laptop, server_on, transfer};

#[tokio::test]
async fn a_server_on_the_source() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let server = laptop.serve().await;
    let pid = server.pid().to_string();
    transfer(&server_on(&database), &laptop, &[]).expect_failure(REFUSED, &["in use", &pid, "stop every server"]);
    assert_eq!(database.content(), "");
    server.stop().await;
}

#[tokio::test]
async fn a_target_that_is_used() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    transfer(&site, &laptop, &[]).expect_success();
    let content = database.content();
    transfer(&site, &laptop, &[]).expect_failure(FAILED, &["not empty", "sources", "--replace"]);
    assert_eq!(database.content(), content);
    transfer(&site, &laptop, &["--replace"]).expect_success();
    assert_eq!(database.content(), content);
}

/// A target that cannot take it says everything that is in the way, and how each is mended.
#[tokio::test]
async fn a_target_without_rights_or_with_another_encoding() {
    let (laptop, _) = laptop();
    let owner = PgDatabase::empty().await;
    let login = owner.query("SELECT 'guest_of_' || current_database()");
    owner
        .run(&format!("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE theirs (); CREATE ROLE {login} LOGIN"));
    let guest = PgDatabase::at(&owner.url().replace("postgres@", &format!("{login}@")));
    let (grant, content) = (format!("GRANT CREATE ON SCHEMA public TO {login}"), owner.content());
    transfer(&server_on(&guest), &laptop, &[]).expect_failure(FAILED, &[&grant, "theirs (of postgres)"]);
    assert_eq!(owner.content(), content);
    owner.run(&format!("{grant}; DROP TABLE theirs"));
    transfer(&server_on(&guest), &laptop, &[]).expect_success();

    let latin = owner.query("SELECT 'latin_' || current_database()");
    owner.run(&format!("CREATE DATABASE {latin} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));
    let latin = PgDatabase::at(&format!("{}/{latin}", owner.url().rsplit_once('/').unwrap().0));
    transfer(&server_on(&latin), &laptop, &[]).expect_failure(FAILED, &["encoding is LATIN1", "ENCODING 'UTF8'"]);
    assert_eq!(latin.content(), "");
}

#[tokio::test]
async fn a_missing_key() {
    let (laptop, _) = laptop();
    let keys = laptop.data().join("keys");
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let moved = laptop.path().join("encryption.key");
    std::fs::rename(keys.join("encryption.key"), &moved).unwrap();
    let refused = transfer(&site, &laptop, &[]);
    refused.expect_failure(FAILED, &["secret:notes_url", "--from-encryption-key-file"]);
    assert_eq!(database.content(), "");
    let file = moved.to_str().unwrap();
    transfer(&site, &laptop, &["--from-encryption-key-file", file]).expect_success();
}

/// Every row that PostgreSQL cannot hold is named, and the dry run says the same.
#[tokio::test]
async fn rows_that_do_not_fit() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let connection = Connection::open(laptop.data().join("puente.db")).unwrap();
    let edits = "UPDATE sources SET description = 'a' || char(0) || 'b' WHERE name = 'notes';
                 UPDATE teams SET description = CAST(x'c328' AS TEXT) WHERE name = 'auditors';
                 UPDATE users SET created_at = -9223372036854775807;
                 PRAGMA wal_checkpoint(TRUNCATE)";
    connection.execute_batch(edits).unwrap();
    drop(connection);
    let before = bytes(&laptop);
    for more in [&["--dry-run"][..], &[]] {
        let refused = transfer(&server_on(&database), &laptop, more);
        refused.expect_failure(
            FAILED,
            &["table sources, column description", "NUL", "table teams", "UTF-8", "table users"],
        );
    }
    assert_eq!(database.content(), "");
    assert!(bytes(&laptop) == before, "the source was changed");
}
