//! Back to the file, with or without what was written since.

use puente_tests::{PgDatabase, REFUSED, Run};
use serde_json::json;

use super::{bytes, file, laptop, server_on, transfer};

#[tokio::test]
async fn what_was_written_since_is_carried_back_or_dropped() {
    let (laptop, key) = laptop();
    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    site.puente(&["transfer", "rollback"]).expect_failure(REFUSED, &["nothing to roll back"]);
    transfer(&site, &laptop, &[]).expect_success();
    let before = bytes(&laptop);

    let server = site.serve().await;
    assert_eq!(server.mcp(&key).call("notes_add_note", json!({"marker": "since"})).await.status, 200);
    let mut command = site.command(&["secret", "set", "new_one"]);
    command.stdin(std::fs::File::open(site.write("secret.txt", "written on PostgreSQL")).unwrap());
    Run::of(command).expect_success();
    site.puente(&["transfer", "rollback"]).expect_failure(REFUSED, &["in use"]);
    server.stop().await;

    let dropped = site.puente(&["transfer", "rollback", "--drop-changes", "--json"]).json();
    let rows = dropped["rows_since"].as_u64().unwrap();
    assert!(rows >= 3, "{dropped}");
    assert!(bytes(&laptop) == before, "the file is as it was");

    let carried = site.puente(&["transfer", "rollback", "--json"]).json();
    assert_eq!(carried["rows_since"].as_u64(), Some(rows), "{carried}");
    assert!(carried["since"].as_array().unwrap().iter().any(|table| table["table"] == "audit_events"), "{carried}");
    site.puente(&["transfer", "verify", "--from", &file(&laptop)]).expect_success();

    let secrets = laptop.puente(&["secret", "list", "--json"]).json();
    assert_eq!(secrets.as_array().unwrap().len(), 2, "{secrets}");
    assert!(secrets.as_array().unwrap().iter().all(|secret| secret["readable"] == true), "{secrets}");
    let old = laptop.serve().await;
    let notes = old.mcp(&key).call("notes_list_notes", json!({})).await.expect(200);
    assert!(notes.to_string().contains("since"), "{notes}");
}
