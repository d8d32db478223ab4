//! A bucket of S3 as the place for backups.

use std::fs;

use puente_tests::{BUCKET, CONFIGURATION, FAILED, PgDatabase, Run, S3, Site};
use serde_json::json;

use super::fails::noise;
use crate::transfer::{Paused, laptop, server_on};

const PREFIX: &str = "puente/daily";

fn place() -> String {
    format!("s3://{BUCKET}/{PREFIX}")
}

/// A laptop whose backups go there, with a file that takes several parts.
fn laptop_on(s3: &S3) -> (Site, String) {
    let (site, key) = laptop();
    fs::write(site.data().join("uploads/large"), noise(20 << 20)).unwrap();
    (s3.given_to(site).setting("BACKUP_DIR", &place()), key)
}

#[tokio::test]
async fn a_backup_goes_there_and_comes_back() {
    let s3 = S3::start();
    let (laptop, key) = laptop_on(&s3);
    fs::create_dir_all(laptop.data().join("backups")).unwrap();
    let running = laptop.serve().await;
    let told = laptop.puente(&["backup"]).success().stderr;
    running.stop().await;
    let objects = s3.objects(PREFIX);
    assert_eq!(objects.len(), 1, "{told}");
    let backup = format!("{}/{}", place(), objects[0]);
    assert!(told.contains(&backup), "{told}");
    laptop.puente(&["backup", "verify", &backup]).expect_success();

    let database = PgDatabase::empty().await;
    let site = s3.given_to(server_on(&database));
    let opened_by = laptop.data().join("keys/encryption.key");
    let missing = format!("{backup}.none");
    site.puente(&["restore", &missing]).expect_failure(FAILED, &[&missing, "404"]);
    site.puente(&["restore", &backup, "--encryption-key-file", opened_by.to_str().unwrap()]).expect_success();
    let server = site.serve().await;
    assert_eq!(server.mcp(&key).call("notes_list_notes", json!({})).await.status, 200);
    assert!(fs::read(site.data().join("uploads/large")).unwrap() == noise(20 << 20));
    let left = fs::read_dir(site.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!left.into_iter().any(|name| name.contains("fetched")), "the copy is removed");

    // Only backups are ever deleted, and only old ones.
    laptop.puente(&["backup", "--to", &format!("{}/puente-20260101T000000Z.backup", place())]).expect_success();
    laptop.puente(&["backup", "--to", &format!("{}/before-the-move.backup", place())]).expect_success();
    let again = format!("{}/before-the-move.backup", place());
    laptop.puente(&["backup", "--to", &again]).expect_failure(FAILED, &["is there already"]);
    let laptop = laptop.setting("BACKUP_KEEP", "1");
    laptop.puente(&["backup", "--prune"]).expect_success();
    let left = s3.objects(PREFIX);
    assert!(left.len() == 2 && left[0] == "before-the-move.backup", "{left:?}");
    assert!(!left.contains(&objects[0]), "{left:?}");
}

#[test]
fn an_interrupted_backup_leaves_nothing_that_looks_whole() {
    let mut s3 = S3::start();
    let (laptop, _) = laptop_on(&s3);
    for point in ["backup.writing", "backup.finishing"] {
        Paused::at(&laptop, point, laptop.command(&["backup"])).kill();
        assert_eq!(s3.objects(PREFIX), [] as [&str; 0], "after kill -9 at {point}");
    }
    for point in ["backup.writing", "backup.finishing"] {
        let mut other = S3::start();
        let laptop = other.given_to(Site::embedded()).setting("DATA_DIR", laptop.data().to_str().unwrap());
        let paused = Paused::at(&laptop, point, laptop.command(&["backup", "--to", &place()]));
        other.stop();
        paused.go_on().expect_failure(FAILED, &[&place(), "connection"]);
    }
    laptop.puente(&["backup"]).expect_success();
    assert_eq!(s3.objects(PREFIX).len(), 1);
    s3.stop();
}

#[test]
fn what_is_wrong_is_said_and_no_secret_is_told() {
    let s3 = S3::start();
    let (laptop, _) = laptop();
    let to = ["backup", "--to", &place()];
    laptop.puente(&to).expect_failure(CONFIGURATION, &["BACKUP_S3_SECRET_ACCESS_KEY"]);
    let laptop = s3.given_to(laptop);
    let nowhere = ["backup", "--to", "s3://nowhere/puente"];
    laptop.puente(&nowhere).expect_failure(FAILED, &["s3://nowhere/puente", "NoSuchBucket"]);
    let laptop = laptop.setting("BACKUP_S3_ACCESS_KEY_ID", "nobody");
    let laptop = laptop.setting("BACKUP_S3_SECRET_ACCESS_KEY", "a wrong secret");
    let refused = laptop.puente(&to);
    refused.expect_failure(FAILED, &["403", "InvalidAccessKeyId"]);
    let Run { stdout, stderr, .. } = refused;
    assert!(!format!("{stdout}{stderr}").contains("a wrong secret"), "{stderr}");
    let half = laptop.setting("BACKUP_DIR", &place()).setting("BACKUP_S3_ACCESS_KEY_ID", "");
    half.puente(&["backup"]).expect_failure(CONFIGURATION, &["BACKUP_DIR names a bucket"]);
}
