//! Killed at any moment whatever, the target is as it was or complete.

use puente_tests::PgDatabase;

use super::{bytes, command, file, laptop, server_on, transfer};

#[tokio::test]
#[ignore = "takes minutes"]
async fn killed_at_random_moments() {
    let (laptop, _) = laptop();
    let connection = rusqlite::Connection::open(laptop.data().join("puente.db")).unwrap();
    let rows = "INSERT INTO results SELECT randomblob(16), 'anonymous', 'text/plain', randomblob(2000), 1, 1
                FROM (WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n)";
    connection.execute_batch(rows).unwrap();
    drop(connection);
    let began = std::time::Instant::now();
    let first = PgDatabase::empty().await;
    transfer(&server_on(&first), &laptop, &[]).expect_success();
    let whole = began.elapsed();
    let source = bytes(&laptop);
    for step in 0..60 {
        let database = PgDatabase::empty().await;
        let site = server_on(&database);
        site.puente(&["user", "list"]).expect_success();
        let target = database.content();
        let mut child = command(&site, &laptop)
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * step / 50);
        let _ = child.kill();
        child.wait().unwrap();
        assert!(bytes(&laptop) == source, "step {step}");
        if database.content() == target {
            transfer(&site, &laptop, &[]).expect_success();
        }
        site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();
    }
}
