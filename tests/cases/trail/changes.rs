//! What changes on purpose: retention, accounts that are deleted, keys that are rotated, rows of earlier releases.

use puente_tests::{Backends, Site};
use serde_json::json;

use super::{DATABASES, exported, holds, id, literal, verify, with_calls, wrong};

#[tokio::test]
async fn a_deleted_account_leaves_a_trail_that_holds() {
    for database in DATABASES {
        let site = Site::with_notes_on(Backends::named(database));
        site.user("ana@example.com", "member");
        let key = site.key("anas", &["--owner", "ana@example.com"]);
        let server = site.serve().await;
        for marker in ["one", "two"] {
            assert_eq!(server.mcp(&key).call("notes_add_note", json!({"marker": marker})).await.status, 200);
        }
        assert_eq!(server.mcp(&key).call("notes_list_notes", json!({})).await.status, 200);
        server.stop().await;
        let calls = || exported(&site).into_iter().filter(|event| event["action"] == "tools/call").collect::<Vec<_>>();
        let changed = id(&calls()[1]);
        holds(&site);
        site.puente(&["user", "remove", "ana@example.com"]).expect_success();
        holds(&site);
        let calls = calls();
        let name = calls[0]["principal"].as_str().unwrap();
        assert!(name.starts_with("deleted-"), "{name}");
        assert!(calls.iter().all(|event| event["principal"] == name), "{calls:?}");
        let salted = "SELECT principal FROM audit_events WHERE principal LIKE 'deleted-%' AND salt IS NOT NULL";
        assert_eq!(site.column(salted).await, Vec::<String>::new());

        // Nobody else becomes anonymous like that, and nobody gets the name back.
        let at = literal(&site, &changed);
        site.execute(&format!("UPDATE audit_events SET principal = 'anas' WHERE id = {at}")).await;
        let found = wrong(&site, &[]);
        assert!(found.len() == 1 && found[0].starts_with(&format!("event {changed} was changed")), "{found:?}");
    }
}

/// What was changed before does not become right by what Puente changes itself.
#[tokio::test]
async fn a_changed_row_stays_changed_when_its_caller_is_deleted() {
    let site = Site::with_notes();
    site.user("ana@example.com", "member");
    let key = site.key("anas", &["--owner", "ana@example.com"]);
    let server = site.serve().await;
    assert_eq!(server.mcp(&key).call("notes_add_note", json!({"marker": "one"})).await.status, 200);
    server.stop().await;
    let call = exported(&site).into_iter().find(|event| event["action"] == "tools/call").unwrap();
    let at = literal(&site, &id(&call));
    site.execute(&format!("UPDATE audit_events SET target = 'notes.list_notes' WHERE id = {at}")).await;
    site.puente(&["user", "remove", "ana@example.com"]).expect_success();
    let found = wrong(&site, &[]);
    assert!(found.len() == 1 && found[0].starts_with(&format!("event {} was changed", id(&call))), "{found:?}");
}

#[tokio::test]
async fn what_retention_leaves_holds() {
    for database in DATABASES {
        let site = Site::with_notes_on(Backends::named(database));
        with_calls(&site).await;
        let all = holds(&site);
        let head = verify(&site, &[])["head"].as_str().unwrap().to_owned();
        let old = exported(&site).len();
        site.puente(&["audit", "prune", "--older-than", "1h"]).expect_success();
        assert_eq!(holds(&site), all, "nothing was so old");
        site.puente(&["audit", "prune", "--older-than", "1ms"]).expect_success();
        assert_eq!(holds(&site), 0);
        assert!(verify(&site, &[])["pruned_before"].is_string());
        for name in ["one", "two", "three"] {
            site.puente(&["team", "create", name]).expect_success();
        }
        assert!(holds(&site) >= 3 && exported(&site).len() < old);
        assert_eq!(wrong(&site, &["--head", &head]), Vec::<String>::new(), "the last seal stays");

        let kept = exported(&site);
        let event = id(&kept[kept.len() - 2]);
        site.execute(&format!("DELETE FROM audit_events WHERE id = {}", literal(&site, &event))).await;
        let found = wrong(&site, &[]);
        assert!(found.len() == 1 && found[0].starts_with(&format!("event {event} missing")), "{found:?}");
    }
}

#[tokio::test]
async fn rotated_keys_still_prove_the_trail() {
    let old = "the old key that is long enough to be one";
    let new = "the new key that is long enough to be one";
    let site = Site::empty().setting("ENCRYPTION_KEY", old);
    site.puente(&["team", "create", "one"]).expect_success();
    let events = holds(&site);
    let site = site.setting("ENCRYPTION_KEY", &format!("{new},{old}"));
    site.puente(&["secret", "rotate"]).expect_success();
    let site = site.setting("ENCRYPTION_KEY", new);
    assert!(holds(&site) > events);

    // Without its key nothing is proven; with it, what was written meanwhile is, too.
    let site = site.setting("ENCRYPTION_KEY", "a key that has nothing to do with the others");
    site.puente(&["team", "create", "two"]).expect_success();
    let found = wrong(&site, &[]);
    assert!(found.iter().any(|line| line.contains("no key in ENCRYPTION_KEY opens its key")), "{found:?}");
    let site = site.setting("ENCRYPTION_KEY", &format!("a key that has nothing to do with the others,{new}"));
    holds(&site);
}

/// Rows without proof, as a database of an earlier release has them.
#[tokio::test]
async fn rows_of_earlier_releases_are_told_apart_and_taken_on_demand() {
    for database in DATABASES {
        let site = Site::with_notes_on(Backends::named(database));
        with_calls(&site).await;
        for table in ["audit_head", "audit_seals", "audit_batches", "audit_keys"] {
            site.execute(&format!("DELETE FROM {table}")).await;
        }
        site.execute("UPDATE audit_events SET batch = NULL, salt = NULL").await;
        let before = exported(&site).len() as u64;
        site.puente(&["team", "create", "after"]).expect_success();
        let found = verify(&site, &[]);
        assert_eq!((found["unproven"].as_u64(), &found["findings"]), (Some(before), &json!([])), "{found:#}");
        assert_eq!(found["events"], 1, "{found:#}");
        let sealed = site.puente(&["audit", "seal"]).success();
        assert!(sealed.stderr.contains(&format!("Sealed {before} events")), "{}", sealed.stderr);
        assert_eq!(holds(&site), before + 2);
        let event = id(&exported(&site)[3]);
        let at = literal(&site, &event);
        site.execute(&format!("UPDATE audit_events SET batch = NULL WHERE id = {at}")).await;
        assert!(wrong(&site, &[]).iter().all(|line| line.contains(&event)));
    }
}
