//! The trail goes where the data goes.

use puente_tests::PgDatabase;
use serde_json::json;

use super::{exported, holds, id, wrong};
use crate::transfer::{laptop, server_on};

/// From a laptop to a server with other keys, while both run; into a backup and out of it.
#[tokio::test]
async fn a_trail_proves_itself_on_the_other_side() {
    let (laptop, key) = laptop();
    let running = laptop.serve().await;
    for marker in ["one", "two"] {
        assert_eq!(running.mcp(&key).call("notes_add_note", json!({"marker": marker})).await.status, 200);
    }
    running.stop().await;
    let events = holds(&laptop);

    let database = PgDatabase::empty().await;
    let site = server_on(&database);
    let server = site.serve().await;
    let from = format!("sqlite:{}", laptop.data().join("puente.db").display());
    site.puente(&["transfer", "--from", &from, "--replace"]).expect_success();
    assert!(holds(&site) >= events);
    // The server wrote with the key of the data that was there; it goes on with the one that came.
    let goes_on = async || server.mcp(&key).call("notes_add_note", json!({"marker": "three"})).await.status == 200;
    server.until("it serves again", goes_on).await;
    assert_eq!(server.stop().await.code(), Some(0));
    assert!(holds(&site) > events);

    site.puente(&["backup"]).expect_success();
    let backup = std::fs::read_dir(site.data().join("backups")).unwrap().next().unwrap().unwrap().path();
    let other = PgDatabase::empty().await;
    let restored = server_on(&other);
    restored.puente(&["restore", backup.to_str().unwrap()]).expect_success();
    assert!(holds(&restored) > events);

    let event = id(&exported(&restored)[5]);
    other.run(&format!("UPDATE audit_events SET target = 'x' WHERE id = '{event}'"));
    let found = wrong(&restored, &[]);
    assert!(found.len() == 1 && found[0].starts_with(&format!("event {event} was changed")), "{found:?}");
}
