//! kill -9, a lost connection and a full disk at every named moment.

use std::{fs, path::PathBuf, process::Command};

use puente_tests::{FAILED, PgDatabase, Run, tools};

use super::{Paused, bytes, command, file, laptop, server_on, transfer};

/// Where a transfer can be interrupted before its commit.
const BEFORE: &[&str] = &[
    "transfer.opened",
    "transfer.emptied",
    "transfer.copying",
    "transfer.copied",
    "transfer.completed",
    "transfer.verified",
    "transfer.copying-files",
    "transfer.files-copied",
    "transfer.committing",
];

fn cut(database: &PgDatabase) {
    let gone = database.query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'puente transfer'",
    );
    assert_eq!(gone, "1");
}

#[tokio::test]
async fn kill_and_a_lost_connection_leave_both_as_they_were() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    site.puente(&["user", "list"]).expect_success();
    let (source, target) = (bytes(&laptop), database.content());
    for point in BEFORE {
        let _ = fs::remove_dir_all(site.data().join("uploads"));
        Paused::at(&site, point, command(&site, &laptop)).kill();
        assert_eq!(database.content(), target, "after kill -9 at {point}");
        assert!(bytes(&laptop) == source, "after kill -9 at {point}");

        let paused = Paused::at(&site, point, command(&site, &laptop));
        cut(&database);
        paused.go_on().expect_failure(FAILED, &["PostgreSQL says"]);
        assert_eq!(database.content(), target, "after a lost connection at {point}");
        assert!(bytes(&laptop) == source, "after a lost connection at {point}");
    }
    transfer(&site, &laptop, &[]).expect_success();
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
}

#[tokio::test]
async fn after_the_commit_everything_is_there() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    Paused::at(&site, "transfer.committed", command(&site, &laptop)).kill();
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    site.puente(&["transfer", "rollback", "--drop-changes"]).expect_success();
}

/// PostgreSQL's disk is full: what its server says then (53100), said by a check of a row and by an index.
#[tokio::test]
async fn a_full_disk_of_the_server() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    site.puente(&["user", "list"]).expect_success();
    database.run(
        "CREATE FUNCTION disk(text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
    );
    let full = [
        (
            "ALTER TABLE tools ADD CONSTRAINT full_disk CHECK (disk(name))",
            "ALTER TABLE tools DROP CONSTRAINT full_disk",
        ),
        ("CREATE INDEX full_disk ON tools (name) WHERE disk(name)", "DROP INDEX full_disk"),
    ];
    for (fill, free) in full {
        database.run(fill);
        let (source, target) = (bytes(&laptop), database.content());
        transfer(&site, &laptop, &[]).expect_failure(FAILED, &["No space left on device"]);
        assert!(bytes(&laptop) == source && database.content() == target, "{fill}");
        database.run(free);
    }
    transfer(&site, &laptop, &[]).expect_success();
}

/// The way back onto a disk that is too small, killed and cut at its own moments.
#[tokio::test]
async fn the_way_back_leaves_the_file_as_it_was() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    transfer(&site, &laptop, &[]).expect_success();
    database.run("UPDATE sources SET description = repeat('x', 5000000)");
    let copied = Command::new("cp").arg("-a").arg(laptop.data()).arg(site.path().join("original")).status().unwrap();
    assert!(copied.success());
    let before = bytes(&laptop);
    // But what SQLite and a draft make and remove.
    let passing = |name: &str| name.starts_with('.') || name.ends_with("-wal") || name.ends_with("-shm");
    let names = || {
        let names = fs::read_dir(laptop.data()).unwrap().map(|entry| entry.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap()).filter(|name| !passing(name));
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let all = names();
    for point in
        ["transfer.emptied", "transfer.copied", "transfer.verified", "transfer.committing", "transfer.swapping"]
    {
        let rollback = || site.command(&["transfer", "rollback"]);
        Paused::at(&site, point, rollback()).kill();
        let readable = laptop.puente(&["secret", "list", "--json"]).json();
        assert_eq!(readable.as_array().unwrap().len(), 1, "after kill -9 at {point}");
        if point != "transfer.swapping" {
            assert!(bytes(&laptop) == before && names() == all, "after kill -9 at {point}: {:?}", names());
        }
    }

    // A file system of its own around a copy of the file, full from the start, and filled on the way.
    fs::create_dir(site.path().join("small")).unwrap();
    let on_disk = |size: &str| {
        let script = format!(
            "mount -t tmpfs -o size={size} tmpfs small && cp -a original/. small && exec \"$0\" transfer rollback --to sqlite:small/puente.db"
        );
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(tools::puente());
        command.current_dir(site.path()).env_clear().envs(site.environment());
        command
    };
    Run::of(on_disk("4m")).expect_failure(FAILED, &["MB free", "needed"]);
    let paused = Paused::at(&site, "transfer.emptied", on_disk("16m"));
    let inside = PathBuf::from(format!("/proc/{}/root", paused.pid())).join(site.path().strip_prefix("/").unwrap());
    assert!(fs::write(inside.join("small/ballast"), vec![0; 32 << 20]).is_err(), "the disk is smaller than that");
    let (small, original) = (inside.join("small/puente.db"), site.path().join("original/puente.db"));
    let open = (fs::File::open(&small).unwrap(), fs::read(&original).unwrap());
    paused.go_on().expect_failure(FAILED, &["full"]);
    let mut after = Vec::new();
    std::io::Read::read_to_end(&mut { open.0 }, &mut after).unwrap();
    assert!(after == open.1, "the file is as it was");

    site.puente(&["transfer", "rollback"]).expect_success();
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
}
