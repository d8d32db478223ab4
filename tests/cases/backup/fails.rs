//! kill -9, a lost connection and a full disk at every named moment of a backup and of a restore.

use std::{
    fs::{self, File},
    io::Read,
    path::PathBuf,
    process::Command,
};

use puente_tests::{FAILED, PgDatabase, Run, Site, SmallPostgres, on_small_disk, seen_by, tools};

use super::{backups, only_backup};
use crate::transfer::{Paused, cut, laptop, server_on};

const BACKUP: &[&str] = &["backup.writing", "backup.finishing", "backup.written"];
/// Where a restore can be interrupted before its commit.
const RESTORE: &[&str] = &[
    "transfer.opened",
    "transfer.emptied",
    "transfer.copied",
    "transfer.completed",
    "transfer.verified",
    "transfer.copying-files",
    "transfer.files-copied",
    "transfer.committing",
];

#[test]
fn a_killed_backup_leaves_no_file_that_looks_whole() {
    let (site, _) = laptop();
    let folder = site.data().join("backups");
    for point in BACKUP {
        Paused::at(&site, point, site.command(&["backup"])).kill();
        assert_eq!(backups(&folder), [] as [PathBuf; 0], "after kill -9 at {point}");
    }
    site.puente(&["backup"]).expect_success();
    site.puente(&["backup", "verify", &only_backup(&site)]).expect_success();
}

#[test]
fn a_full_disk_leaves_no_file() {
    let (site, _) = laptop();
    fs::write(site.data().join("uploads/large"), noise(3 << 20)).unwrap();
    for point in BACKUP {
        let backup = on_small_disk(&site, "16m", "true", &["backup", "--to", "small"]);
        let paused = Paused::at(&site, point, backup);
        paused.fill(&site);
        let run = paused.go_on();
        if *point == "backup.written" {
            run.expect_success();
        } else {
            run.expect_failure(FAILED, &["No space left"]);
        }
    }
    let list = "\"$0\" backup --to small; code=$?; ls -A small | grep -q . && exit 99; exit $code";
    let script = format!("mount -t tmpfs -o size=1m tmpfs small && {list}");
    let mut full = Command::new("unshare");
    full.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(tools::puente());
    full.current_dir(site.path()).env_clear().envs(site.environment());
    Run::of(full).expect_failure(FAILED, &["No space left"]);
    site.puente(&["backup"]).expect_success();
}

#[tokio::test]
async fn a_lost_connection_leaves_no_file() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    laptop.puente(&["backup"]).expect_success();
    Run::of(restore(&site, &laptop)).expect_success();
    // Later there is no connection that could be lost.
    for point in ["backup.writing", "backup.finishing"] {
        let to = format!("backups/{point}.backup");
        let paused = Paused::at(&site, point, site.command(&["backup", "--to", &to]));
        cut(&database);
        let run = paused.go_on();
        if point == "backup.writing" {
            run.expect_failure(FAILED, &["PostgreSQL says"]);
            assert_eq!(backups(&site.path().join("backups")), [] as [PathBuf; 0]);
        } else {
            // Everything had been read.
            run.expect_success();
            site.puente(&["backup", "verify", &to]).expect_success();
        }
    }
    site.puente(&["backup"]).expect_success();
    site.puente(&["backup", "verify", &only_backup(&site)]).expect_success();
}

/// The laptop's backup into the site's database.
fn restore(site: &Site, laptop: &Site) -> Command {
    let key = laptop.data().join("keys/encryption.key");
    site.command(&["restore", &only_backup(laptop), "--encryption-key-file", key.to_str().unwrap()])
}

#[test]
fn an_interrupted_restore_leaves_the_file_as_it_was() {
    let (site, _) = laptop();
    site.puente(&["backup"]).expect_success();
    let file = only_backup(&site);
    site.puente(&["team", "create", "later"]).expect_success();
    let upload = site.data().join("uploads/ab/abcdef");
    fs::write(&upload, "another file under this name").unwrap();
    let before = fs::read(site.data().join("puente.db")).unwrap();
    let copied = Command::new("cp").arg("-a").arg(site.data()).arg(site.path().join("original")).status().unwrap();
    assert!(copied.success());
    let to_small = ["restore", &file, "--to", "sqlite:small/puente.db", "--replace"];
    for point in RESTORE {
        Paused::at(&site, point, site.command(&["restore", &file, "--replace"])).kill();
        assert!(fs::read(site.data().join("puente.db")).unwrap() == before, "after kill -9 at {point}");

        let paused = Paused::at(&site, point, on_small_disk(&site, "24m", "cp -a original/. small", &to_small));
        let inside = seen_by(paused.pid(), &site.path().join("small"));
        let (mut database, mut uploaded) =
            (File::open(inside.join("puente.db")).unwrap(), File::open(inside.join("uploads/ab/abcdef")).unwrap());
        paused.fill(&site);
        let run = paused.go_on();
        if run.code == 0 {
            assert!(["transfer.files-copied", "transfer.committing"].contains(point), "{point}");
            continue;
        }
        assert_eq!(run.code, FAILED, "{point}: {}", run.stderr);
        let full = ["is full", "No space left", "MB are needed"];
        assert!(full.iter().any(|word| run.stderr.contains(word)), "{point}: {}", run.stderr);
        assert!(content(&mut database) == before, "after a full disk at {point}");
        if *point != "transfer.files-copied" && *point != "transfer.committing" {
            assert_eq!(content(&mut uploaded), b"another file under this name", "after a full disk at {point}");
        }
    }
    site.puente(&["restore", &file, "--replace"]).expect_success();
    assert!(!site.puente(&["team", "list"]).success().stdout.contains("later"));
    assert_eq!(fs::read(&upload).unwrap(), b"an uploaded file");
}

fn content(file: &mut File) -> Vec<u8> {
    let mut content = Vec::new();
    file.read_to_end(&mut content).unwrap();
    content
}

#[test]
fn an_interrupted_restore_leaves_the_server_as_it_was() {
    let (laptop, _) = laptop();
    laptop.puente(&["backup"]).expect_success();
    let (small, database) = SmallPostgres::start("100m");
    let site = server_on(&database);
    for point in RESTORE {
        Paused::at(&site, point, restore(&site, &laptop)).kill();
        assert_eq!(database.content(), "", "after kill -9 at {point}");
        let paused = Paused::at(&site, point, restore(&site, &laptop));
        cut(&database);
        paused.go_on().expect_failure(FAILED, &["PostgreSQL says"]);
        assert_eq!(database.content(), "", "after a lost connection at {point}");
    }
    let mut target = String::new();
    for point in RESTORE {
        // So that there is something to copy again.
        let _ = fs::remove_dir_all(site.data().join("uploads"));
        let mut command = restore(&site, &laptop);
        command.arg("--replace");
        let paused = Paused::at(&site, point, command);
        small.fill();
        let run = paused.go_on();
        small.make_room();
        if run.code == 0 {
            // Everything was on the disk already.
            assert!(!["transfer.opened", "transfer.emptied"].contains(point), "{point}");
            target = database.content();
        } else {
            run.expect_failure(FAILED, &["No space left on device"]);
            assert_eq!(database.content(), target, "after a full disk at {point}");
        }
    }
    let mut again = restore(&site, &laptop);
    again.arg("--replace");
    Run::of(again).expect_success();
}

/// Bytes that do not compress.
pub(super) fn noise(length: usize) -> Vec<u8> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}
