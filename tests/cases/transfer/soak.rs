//! Killed at any moment whatever, the target is as it was or complete, and the source intact.

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use puente_tests::{PgDatabase, Run, Site};

use super::{bytes, command, file, laptop, server_on, transfer};

/// How often each is killed.
const KILLS: u32 = 60;

/// A laptop with so much that every stage takes a while.
fn large_laptop() -> Site {
    let (laptop, _) = laptop();
    let connection = rusqlite::Connection::open(laptop.data().join("puente.db")).unwrap();
    let rows = "INSERT INTO results SELECT randomblob(16), 'anonymous', 'text/plain', randomblob(2000), 1, 1
                FROM (WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n)";
    connection.execute_batch(rows).unwrap();
    for number in 0..50 {
        fs::write(laptop.data().join(format!("uploads/{number}")), vec![7; 1 << 20]).unwrap();
    }
    laptop
}

/// Moments all over the time that `whole` takes, no two the same: the fractions of multiples of the golden ratio.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    (1..=KILLS).map(move |step| whole.mul_f64((f64::from(step) * 0.618_033_988_75).fract() * 1.1))
}

/// How long the command takes when it is left alone.
fn alone(command: Command) -> Duration {
    let began = Instant::now();
    Run::of(command).expect_success();
    began.elapsed()
}

fn kill_after(mut command: Command, moment: Duration) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    let _ = child.kill();
    child.wait().unwrap();
}

/// The server notices that a client was killed when it next writes to it, and rolls back then.
fn until_alone(database: &PgDatabase) {
    let others = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND application_name = 'puente transfer'";
    while database.query(others) != "0" {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_transfer_is_killed_at_random_moments() {
    let laptop = large_laptop();
    let first = PgDatabase::empty().await;
    let whole = alone(command(&server_on(&first), &laptop));
    let source = bytes(&laptop);
    for moment in moments(whole) {
        let database = PgDatabase::empty().await;
        let site = server_on(&database);
        site.puente(&["user", "list"]).expect_success();
        let target = database.content();
        kill_after(command(&site, &laptop), moment);
        assert!(bytes(&laptop) == source, "after {moment:?}");
        until_alone(&database);
        if database.content() == target {
            transfer(&site, &laptop, &[]).expect_success();
        }
        site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    }
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_rollback_is_killed_at_random_moments() {
    let laptop = large_laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    transfer(&site, &laptop, &[]).expect_success();
    let whole = alone(site.command(&["transfer", "rollback"]));
    for moment in moments(whole) {
        kill_after(site.command(&["transfer", "rollback"]), moment);
        // The file is the old one or the new one, and holds the same either way.
        site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    }
    until_alone(&database);
    site.puente(&["transfer", "rollback"]).expect_success();
}

#[test]
#[ignore = "takes minutes"]
fn a_backup_is_killed_at_random_moments() {
    let laptop = large_laptop();
    let folder = laptop.data().join("backups");
    let whole = alone(laptop.command(&["backup"]));
    for moment in moments(whole) {
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        kill_after(laptop.command(&["backup"]), moment);
        let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for path in names.filter(|path| path.extension().is_some_and(|extension| extension == "backup")) {
            laptop.puente(&["backup", "verify", path.to_str().unwrap()]).expect_success();
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    laptop.puente(&["backup"]).expect_success();
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_restore_is_killed_at_random_moments() {
    let laptop = large_laptop();
    let backup = laptop.path().join("a.backup");
    let backup = backup.to_str().unwrap();
    laptop.puente(&["backup", "--to", backup]).expect_success();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let key = laptop.data().join("keys/encryption.key");
    let restore = || site.command(&["restore", backup, "--replace", "--encryption-key-file", key.to_str().unwrap()]);
    let whole = alone(restore());
    let complete = database.content();
    for moment in moments(whole) {
        // What a backup does not have: it is there until the moment in which the restore is complete.
        site.puente(&["team", "create", "later"]).expect_success();
        let before = database.content();
        kill_after(restore(), moment);
        until_alone(&database);
        let after = database.content();
        assert!(after == before || after == complete, "after {moment:?}");
        Run::of(restore()).expect_success();
        assert_eq!(database.content(), complete, "after {moment:?}");
        site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    }
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn taking_a_file_over_is_killed_at_random_moments() {
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let path = site.path().join("any.db");
    let rows = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB); CREATE INDEX i ON t (a); INSERT INTO t
                SELECT i, hex(i), randomblob(200) FROM (WITH RECURSIVE n (i) AS
                (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n)";
    rusqlite::Connection::open(&path).unwrap().execute_batch(rows).unwrap();
    let take = || {
        let from = path.to_str().unwrap();
        site.command(&[
            "transfer",
            "--schema",
            "auto",
            "--from",
            from,
            "--to",
            database.url(),
            "--into-schema",
            "other",
        ])
    };
    let whole = alone(take());
    for moment in moments(whole) {
        database.run("DROP SCHEMA IF EXISTS other CASCADE");
        kill_after(take(), moment);
        until_alone(&database);
        if database.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'other'") == "0" {
            Run::of(take()).expect_success();
        }
        assert_eq!(database.query("SELECT count(*), sum(length(b)) FROM other.t"), "200000|40000000", "{moment:?}");
    }
}
