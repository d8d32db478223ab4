//! Backups of a running server, and what can happen to them.

mod dump;
mod fails;
mod s3;

use std::{
    fs,
    path::{Path, PathBuf},
};

use puente_tests::{CONFIGURATION, FAILED, PgDatabase, Site};
use serde_json::json;

use crate::transfer::{laptop, server_on};

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
    for command in [&["backup", "verify", &file][..], &["restore", &file, "--replace"]] {
        let with_passphrase = [command, &["--passphrase-file", &passphrase]].concat();
        site.puente(&with_passphrase).expect_failure(FAILED, &["it is not sealed", "BACKUP_PASSPHRASE"]);
    }
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
fn old_backups_go_when_asked() {
    let (site, _) = laptop();
    let site = site.setting("BACKUP_KEEP", "1");
    let folder = site.data().join("backups");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("puente-20260101T000000Z.backup"), "an old one").unwrap();
    site.puente(&["backup", "--prune"]).expect_success();
    assert!(!only_backup(&site).contains("20260101"));
}
