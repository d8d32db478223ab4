//! A disk that is full at any named moment: PostgreSQL's own, that of the uploaded files, that of the report.

use std::fs;

use puente_tests::{FAILED, PgDatabase, Run, SmallPostgres, on_small_disk};

use super::{Paused, bytes, command, fails::BEFORE, file, laptop, server_on, transfer};

#[test]
fn of_the_server() {
    let (laptop, _) = laptop();
    let (small, database) = SmallPostgres::start("100m");
    let site = server_on(&database);
    site.puente(&["user", "list"]).expect_success();
    let (source, mut target) = (bytes(&laptop), database.content());
    for point in BEFORE {
        // So that there is something to copy again.
        let _ = fs::remove_dir_all(site.data().join("uploads"));
        let mut command = command(&site, &laptop);
        command.arg("--replace");
        let paused = Paused::at(&site, point, command);
        small.fill();
        let run = paused.go_on();
        small.make_room();
        assert!(bytes(&laptop) == source, "{point}");
        if run.code == 0 {
            // Everything was on the disk already.
            assert!(!["transfer.opened", "transfer.emptied", "transfer.copying"].contains(point), "{point}");
            site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
            target = database.content();
        } else {
            run.expect_failure(FAILED, &["No space left on device"]);
            assert_eq!(database.content(), target, "{point}");
        }
    }
    transfer(&site, &laptop, &["--replace"]).expect_success();
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
}

#[tokio::test]
async fn of_the_uploaded_files() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    fs::write(laptop.data().join("uploads/large"), vec![7; 3 << 20]).unwrap();
    let moving = ["transfer", "--from", &file(&laptop), "--to-uploads", "small"];
    let moving = [&moving[..], &["--to", database.url()]].concat();
    Run::of(on_small_disk(&site, "1m", "true", &moving)).expect_failure(FAILED, &["small has", "MB free"]);
    let paused = Paused::at(&site, "transfer.verified", on_small_disk(&site, "8m", "true", &moving));
    paused.fill(&site);
    paused.go_on().expect_failure(FAILED, &["copying", "No space left on device"]);
    assert_eq!(database.content(), "");
    transfer(&site, &laptop, &[]).expect_success();
}

/// After the commit a failure undoes nothing, and must not look as if it did.
#[tokio::test]
async fn of_the_report() {
    let (laptop, _) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database).setting("DATA_DIR", "small").setting("UPLOADS_DIR", "uploads");
    let moving = ["transfer", "--from", &file(&laptop), "--to", database.url()];
    let paused = Paused::at(&site, "transfer.committed", on_small_disk(&site, "1m", "true", &moving));
    paused.fill(&site);
    let run = paused.go_on().success();
    assert!(run.stderr.contains("the report is in the database, but not in small"), "{}", run.stderr);
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    assert!(laptop.data().join("transfer-report.json").exists());
}
