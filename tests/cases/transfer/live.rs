//! A server on the transferred database does what the laptop's did: for the same keys, sign-ins and secrets.

use puente_tests::{ADMIN_EMAIL, ADMIN_PASSWORD, Api, PgDatabase};
use serde_json::json;

use super::{Paused, file, laptop, server_on, transfer};

#[tokio::test]
async fn nobody_notices_the_move() {
    let (laptop, key) = laptop();
    let old = laptop.serve().await;
    let credentials = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    let session = Api::anonymous(old.url()).post("/api/v1/auth/token", credentials).await.expect(200);
    assert_eq!(old.mcp(&key).call("notes_add_note", json!({"marker": "before"})).await.status, 200);
    let before = old.mcp(&key).call("notes_list_notes", json!({})).await.expect(200);
    let tools = old.mcp(&key).send("tools/list", json!({})).await.expect(200);
    assert_eq!(old.stop().await.code(), Some(0));

    // The new server has been started before, and has an administrator of its own.
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    assert_eq!(site.serve().await.stop().await.code(), Some(0));
    let report = transfer(&site, &laptop, &["--json"]).json();
    assert_eq!(report["resealed"], 1, "{report}");
    assert_eq!(report["files"]["copied"], 1, "{report}");

    let new = site.serve().await;
    let mine = new.api(session["access_token"].as_str().unwrap());
    assert_eq!(mine.get("/api/v1/me").await.expect(200)["name"], ADMIN_EMAIL);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    assert_eq!(Api::anonymous(new.url()).post("/api/v1/auth/refresh", refresh).await.status, 200);
    assert_eq!(new.mcp(&key).call("notes_list_notes", json!({})).await.expect(200)["result"], before["result"]);
    assert_eq!(new.mcp(&key).send("tools/list", json!({})).await.expect(200)["result"], tools["result"]);
    let secrets = site.puente(&["secret", "list", "--json"]).json();
    assert!(secrets.as_array().unwrap().iter().all(|secret| secret["readable"] == true), "{secrets}");
    let audited = mine.get("/api/v1/audit?target=notes.add_note").await.expect(200);
    assert_eq!(audited["items"].as_array().unwrap().len(), 1, "{audited}");
    assert_eq!(std::fs::read(site.data().join("uploads/ab/abcdef")).unwrap(), b"an uploaded file");
    // Only the laptop's administrator is there now.
    assert_eq!(database.query("SELECT count(*) FROM users"), "1");

    // What was written since is told.
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_failure(1, &["audit_events"]);
}

/// A replica on the target answers 503 while data comes in, and then serves it, without a restart.
#[tokio::test]
async fn a_replica_on_the_target_waits_and_then_serves() {
    let (laptop, key) = laptop();
    let old = laptop.serve().await;
    let credentials = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    let session = Api::anonymous(old.url()).post("/api/v1/auth/token", credentials).await.expect(200);
    old.stop().await;
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let replica = site.serve().await;
    assert_eq!(replica.mcp(&key).call("notes_list_notes", json!({})).await.status, 401);

    let command = site.command(&["transfer", "--from", &file(&laptop)]);
    let paused = Paused::at(&site, "transfer.emptied", command);
    let anyone = Api::anonymous(replica.url());
    assert_eq!(anyone.get("/health/ready").await.status, 503);
    assert_eq!(anyone.get("/health/live").await.status, 200);
    let refused = replica.mcp(&key).call("notes_list_notes", json!({})).await;
    assert_eq!((refused.status, refused.headers["retry-after"].to_str().unwrap()), (503, "5"));
    paused.go_on().expect_success();

    replica
        .until("it serves what came", async || {
            replica.mcp(&key).call("notes_list_notes", json!({})).await.status == 200
        })
        .await;
    // Whoever is signed in on the laptop is signed in here, though this replica started without the laptop's key.
    let mine = replica.api(session["access_token"].as_str().unwrap());
    assert_eq!(mine.get("/api/v1/me").await.expect(200)["name"], ADMIN_EMAIL);
    let verified = site.puente(&["transfer", "verify", "--json", "--from", &file(&laptop)]);
    let found: serde_json::Value = serde_json::from_str(&verified.stdout).unwrap();
    for difference in found["differences"].as_array().unwrap() {
        let table = difference["table"].as_str().unwrap();
        assert!(table.starts_with("audit_") || table == "api_keys", "{difference}");
        assert_eq!(difference["missing"], 0, "{difference}");
    }
}
