//! kill -9 and a lost connection at every named moment, and the way back on a disk that is too small.

use std::{fs, process::Command};

use puente_tests::{FAILED, PgDatabase, Run, on_small_disk, seen_by};

use super::{Paused, bytes, command, cut, file, laptop, server_on, transfer};

/// Where a transfer can be interrupted before its commit.
pub(super) const BEFORE: &[&str] = &[
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

#[tokio::test]
async fn kill_and_a_lost_connection_leave_both_as_they_were() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    site.puente(&["user", "list"]).expect_success();
    let (source, target) = (bytes(&laptop), database.content());
    let uploads = site.data().join("uploads");
    fs::create_dir_all(uploads.join("ab")).unwrap();
    fs::write(uploads.join("ab/abcdef"), "what the target had under this name").unwrap();
    for point in BEFORE {
        Paused::at(&site, point, command(&site, &laptop)).kill();
        assert_eq!(database.content(), target, "after kill -9 at {point}");
        assert!(bytes(&laptop) == source, "after kill -9 at {point}");

        let paused = Paused::at(&site, point, command(&site, &laptop));
        cut(&database);
        paused.go_on().expect_failure(FAILED, &["PostgreSQL says"]);
        assert_eq!(database.content(), target, "after a lost connection at {point}");
        assert!(bytes(&laptop) == source, "after a lost connection at {point}");
        // What a killed one had copied went with the one that followed.
        let file = fs::read_to_string(uploads.join("ab/abcdef")).unwrap();
        assert_eq!(file, "what the target had under this name", "after a lost connection at {point}");
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
    let rollback = ["transfer", "rollback", "--to", "sqlite:small/puente.db"];
    let on_disk = |size: &str| on_small_disk(&site, size, "cp -a original/. small", &rollback);
    Run::of(on_disk("4m")).expect_failure(FAILED, &["MB free", "needed"]);
    let paused = Paused::at(&site, "transfer.emptied", on_disk("16m"));
    paused.fill(&site);
    let inside = seen_by(paused.pid(), site.path());
    let (small, original) = (inside.join("small/puente.db"), site.path().join("original/puente.db"));
    let open = (fs::File::open(&small).unwrap(), fs::read(&original).unwrap());
    paused.go_on().expect_failure(FAILED, &["full"]);
    let mut after = Vec::new();
    std::io::Read::read_to_end(&mut { open.0 }, &mut after).unwrap();
    assert!(after == open.1, "the file is as it was");

    site.puente(&["transfer", "rollback"]).expect_success();
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
}
