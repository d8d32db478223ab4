//! A `puente serve` that must not start, and what one in production does not make.

use std::net::TcpListener;

use puente_tests::{CONFIGURATION, FAILED, Site};
use rusqlite::Connection;
use serde_json::json;

#[test]
fn the_port_is_in_use() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let site = Site::empty().setting("PORT", &port);
    site.puente(&["serve"]).expect_failure(FAILED, &[&port, "in use"]);
}

#[tokio::test]
async fn the_data_folder_is_in_use() {
    let site = Site::embedded();
    let server = site.serve().await;
    site.puente(&["serve"]).expect_failure(FAILED, &["in use", &server.pid().to_string()]);
    // Other commands work beside a server.
    site.puente(&["export"]).expect_success();
    assert_eq!(server.stop().await.code(), Some(0));
}

#[tokio::test]
async fn the_schema_is_too_new() {
    let site = Site::embedded();
    site.serve().await.stop().await;
    let database = Connection::open(site.data().join("puente.db")).unwrap();
    let next = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                SELECT 9999, 'from the future', success, checksum, execution_time FROM _sqlx_migrations LIMIT 1";
    assert_eq!(database.execute(next, []).unwrap(), 1);
    let contracted = "UPDATE settings SET value = '9999' WHERE name = 'schema_serves_from'";
    assert_eq!(database.execute(contracted, []).unwrap(), 1);
    drop(database);
    site.puente(&["serve"]).expect_failure(FAILED, &["9999", "newer"]);
}

#[tokio::test]
async fn the_encryption_key_is_wrong() {
    let site = Site::empty().setting("ENCRYPTION_KEY", &"a".repeat(48));
    let mut command = site.command(&["secret", "set", "erp_password"]);
    let file = site.write("secret.txt", "hunter2\n");
    command.stdin(std::fs::File::open(file).unwrap());
    puente_tests::Run::of(command).expect_success();
    let site = site.setting("ENCRYPTION_KEY", &"b".repeat(48));
    site.puente(&["serve"]).expect_failure(CONFIGURATION, &["ENCRYPTION_KEY"]);
}

#[test]
fn settings_are_wrong() {
    let site = Site::empty().setting("PORT", "eighty").setting("AUDIT_RETENTION", "soon");
    // All problems at once.
    site.puente(&["serve"]).expect_failure(CONFIGURATION, &["PORT", "AUDIT_RETENTION"]);
}

#[test]
fn the_schedule_of_backups_is_wrong() {
    let site = Site::empty().setting("BACKUP_SCHEDULE", "61 3 * * *");
    site.puente(&["key", "list"]).expect_failure(CONFIGURATION, &["BACKUP_SCHEDULE", "61 3 * * *"]);
}

#[test]
fn production_refuses_secrets_that_everyone_knows() {
    let site = Site::empty().setting("ENVIRONMENT", "production").setting("JWT_SECRET_KEY", "changeme");
    let run = site.puente(&["serve"]);
    run.expect_failure(CONFIGURATION, &["JWT_SECRET_KEY"]);
    assert!(!run.stderr.contains("changeme"), "{}", run.stderr);
}

#[test]
fn production_says_everything_that_it_refuses_and_what_to_do() {
    let given = [
        ("ENVIRONMENT", "production"),
        ("DEBUG", "true"),
        ("ENCRYPTION_KEY", "too short"),
        ("ADMIN_PASSWORD", "hunter2"),
    ];
    let site = given.iter().fold(Site::empty(), |site, (name, value)| site.setting(name, value));
    let run = site.puente(&["serve"]);
    // JWT_SECRET_KEY was not given at all.
    let words = ["DEBUG", "ENCRYPTION_KEY", "JWT_SECRET_KEY", "ADMIN_PASSWORD", "openssl rand", "shorter than 32"];
    run.expect_failure(CONFIGURATION, &words);
    for secret in ["too short", "hunter2"] {
        assert!(!run.stderr.contains(secret), "{}", run.stderr);
    }
}

fn in_production(site: Site) -> Site {
    let strong = [
        ("ENVIRONMENT", "production"),
        ("ENCRYPTION_KEY", "q8Zr0uQm2mYv3rT6xKf1pLw9sNc4bHd7eGj5"),
        ("JWT_SECRET_KEY", "w2Xc5vBn8mKj4hGf7dSa0pOi9uYt6rEq1zLk"),
    ];
    strong.iter().fold(site, |site, (name, value)| site.setting(name, value))
}

/// What a server prints there ends in a log that others read.
#[tokio::test]
async fn production_makes_no_key_that_nobody_asked_for() {
    let site = in_production(Site::empty());
    assert_eq!(site.serve().await.stop().await.code(), Some(0));
    assert_eq!(site.puente(&["key", "list", "--json"]).json(), json!([]));
}

#[tokio::test]
async fn production_refuses_open_virtual_servers_unless_they_are_meant() {
    let site = in_production(Site::with_notes());
    site.puente(&["serve"]).expect_failure(CONFIGURATION, &["public", "ALLOW_OPEN_SERVERS"]);
    let catalog = puente_tests::tools::root().join("tests/catalogs/notes.yaml");
    let apply = site.puente(&["apply", "-f", catalog.to_str().unwrap()]);
    apply.expect_failure(FAILED, &["servers[2].open", "ALLOW_OPEN_SERVERS"]);
    let server = site.setting("ALLOW_OPEN_SERVERS", "true").serve().await;
    assert_eq!(server.stop().await.code(), Some(0));
}
