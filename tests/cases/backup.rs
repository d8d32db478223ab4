//! Backups of a running server, and what can happen to them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use puente_tests::{CONFIGURATION, FAILED, PgDatabase, Run, Site, tools};
use serde_json::json;

use crate::transfer::{Paused, laptop, server_on};

fn backups(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "backup")).collect()
}

fn only_backup(site: &Site) -> String {
    let all = backups(&site.data().join("backups"));
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].to_str().unwrap().to_owned()
}

/// From a running laptop into PostgreSQL, from a running server there into a file, and all calls go on.
#[tokio::test]
async fn a_running_server_is_backed_up_and_restored_elsewhere() {
    let (laptop, key) = laptop();
    let running = laptop.serve().await;
    assert_eq!(running.mcp(&key).call("notes_add_note", json!({"marker": "in the backup"})).await.status, 200);
    let manifest = laptop.puente(&["backup", "--json"]).json();
    running.stop().await;
    let file = only_backup(&laptop);
    let fingerprint = manifest["header"]["encryption_key"].as_str().unwrap();
    laptop.puente(&["backup", "verify", &file]).expect_success();
    let secret = fs::read_to_string(laptop.data().join("keys/encryption.key")).unwrap();
    assert!(!manifest.to_string().contains(secret.trim()));

    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    site.puente(&["restore", &file]).expect_failure(CONFIGURATION, &[fingerprint, "--encryption-key-file"]);
    assert_eq!(database.content(), "");
    let keys = laptop.data().join("keys/encryption.key");
    let keys = ["--encryption-key-file", keys.to_str().unwrap()];
    site.puente(&[&["restore", &file, "--dry-run"], &keys[..]].concat()).expect_success();
    assert_eq!(database.content(), "");
    site.puente(&[&["restore", &file], &keys[..]].concat()).expect_success();
    site.puente(&[&["restore", &file], &keys[..]].concat()).expect_failure(FAILED, &["not empty", "--replace"]);
    site.puente(&[&["restore", &file, "--replace"], &keys[..]].concat()).expect_success();

    let server = site.serve().await;
    assert_eq!(server.mcp(&key).call("notes_list_notes", json!({})).await.status, 200);
    assert_eq!(fs::read(site.data().join("uploads/ab/abcdef")).unwrap(), b"an uploaded file");
    let passphrase = site.write("passphrase.txt", "a passphrase of enough length\n");
    let sealed = site.path().join("sealed.backup");
    let sealed = sealed.to_str().unwrap();
    site.puente(&["backup", "--to", sealed, "--passphrase-file", &passphrase]).expect_success();
    server.stop().await;
    site.puente(&["backup", "verify", sealed]).expect_failure(FAILED, &["sealed", "--passphrase-file"]);
    site.puente(&["backup", "verify", sealed, "--passphrase-file", &passphrase]).expect_success();

    // Back onto the laptop, whose database stays beside the new one.
    let server_key = laptop.write("server.key", super::transfer::ENCRYPTION_KEY);
    let restore =
        ["restore", sealed, "--passphrase-file", &passphrase, "--encryption-key-file", &server_key, "--replace"];
    laptop.puente(&restore).expect_success();
    assert!(laptop.data().join("puente.db.replaced").exists());
    let again = laptop.serve().await;
    assert_eq!(again.mcp(&key).call("notes_list_notes", json!({})).await.status, 200);
}

#[test]
fn an_interrupted_backup_leaves_no_file_that_looks_whole() {
    let (site, _) = laptop();
    let folder = site.data().join("backups");
    for point in ["backup.writing", "backup.finishing", "backup.written"] {
        Paused::at(&site, point, site.command(&["backup"])).kill();
        assert_eq!(backups(&folder), [] as [PathBuf; 0], "after kill -9 at {point}");
    }
    site.puente(&["backup"]).expect_success();
    site.puente(&["backup", "verify", &only_backup(&site)]).expect_success();
}

#[test]
fn a_full_disk_leaves_no_file() {
    let (site, _) = laptop();
    fs::create_dir(site.path().join("small")).unwrap();
    fs::write(site.data().join("uploads/large"), noise(3 << 20)).unwrap();
    let script = "mount -t tmpfs -o size=1m tmpfs small && \"$0\" backup --to small; code=$?; ls -A small | grep -q . && exit 99; exit $code";
    let mut full = Command::new("unshare");
    full.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(tools::puente());
    full.current_dir(site.path()).env_clear().envs(site.environment());
    Run::of(full).expect_failure(FAILED, &["No space left"]);
    site.puente(&["backup"]).expect_success();
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
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

#[tokio::test]
async fn an_interrupted_restore_changes_nothing() {
    let (site, _) = laptop();
    site.puente(&["backup"]).expect_success();
    let file = only_backup(&site);
    site.puente(&["team", "create", "later"]).expect_success();
    let before = fs::read(site.data().join("puente.db")).unwrap();
    for point in ["transfer.emptied", "transfer.copied", "transfer.files-copied", "transfer.committing"] {
        Paused::at(&site, point, site.command(&["restore", &file, "--replace"])).kill();
        assert!(fs::read(site.data().join("puente.db")).unwrap() == before, "after kill -9 at {point}");
        assert!(site.puente(&["team", "list"]).success().stdout.contains("later"), "after kill -9 at {point}");
    }
    let database = PgDatabase::empty().await;
    let server = server_on(&database);
    let key = site.data().join("keys/encryption.key");
    for point in ["transfer.copied", "transfer.committing"] {
        let restore = server.command(&["restore", &file, "--encryption-key-file", key.to_str().unwrap()]);
        Paused::at(&server, point, restore).kill();
        assert_eq!(database.content(), "", "after kill -9 at {point}");
    }
    site.puente(&["restore", &file, "--replace"]).expect_success();
    assert!(!site.puente(&["team", "list"]).success().stdout.contains("later"));
}

#[test]
fn old_backups_go_when_asked() {
    let (site, _) = laptop();
    let site = site.setting("BACKUP_KEEP", "1");
    let folder = site.data().join("backups");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("puente-20260101T000000Z.backup"), "an old one").unwrap();
    site.puente(&["backup", "--prune"]).expect_success();
    assert!(!only_backup(&site).contains("20260101"));
}
