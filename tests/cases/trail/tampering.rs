//! Somebody writes into the tables.

use puente_tests::{Backends, Site};
use serde_json::Value;

use super::{DATABASES, exported, holds, id, id_text, literal, verify, with_calls, wrong};

/// A trail that holds, and its events.
async fn trail(database: &str) -> (Site, Vec<Value>) {
    let site = Site::with_notes_on(Backends::named(database));
    with_calls(&site).await;
    holds(&site);
    let events = exported(&site);
    assert!(events.len() > 80, "{}", events.len());
    (site, events)
}

/// The number of findings, and that each of `words` is in one of them.
#[track_caller]
fn named(found: &[String], count: usize, words: &[&str]) {
    for words in words.iter().map(|words| words.split('…').collect::<Vec<_>>()) {
        let told = found.iter().any(|line| words.iter().all(|word| line.contains(word)));
        assert!(told, "no {words:?} in {found:#?}");
    }
    assert_eq!(found.len(), count, "{found:#?}");
}

#[tokio::test]
async fn a_changed_row_is_named() {
    for database in DATABASES {
        let (site, events) = trail(database).await;
        let event = id(&events[20]);
        for change in [
            "target = target || 'x'",
            "principal = 'somebody else'",
            "subject = 'anonymous'",
            "detail = 'nothing happened'",
            "salt = NULL",
            "duration_us = duration_us + 1",
        ] {
            let column = change.split(' ').next().unwrap();
            let at = literal(&site, &event);
            site.execute(&format!("CREATE TABLE kept AS SELECT {column} FROM audit_events WHERE id = {at}")).await;
            site.execute(&format!("UPDATE audit_events SET {change} WHERE id = {at}")).await;
            named(&wrong(&site, &[]), 1, &[&format!("event {event}…was changed")]);
            let back = format!("UPDATE audit_events SET {column} = (SELECT {column} FROM kept) WHERE id = {at}");
            site.execute(&back).await;
            site.execute("DROP TABLE kept").await;
        }
        holds(&site);
        // Also where its batch is forgotten.
        site.execute(&format!("UPDATE audit_events SET batch = NULL WHERE id = {}", literal(&site, &event))).await;
        let lost = [format!("event {event} was taken out of its batch"), format!("event {event} is in no batch")];
        named(&wrong(&site, &[]), 2, &[&lost[0], &lost[1]]);
    }
}

#[tokio::test]
async fn a_missing_row_is_named_and_one_that_was_added() {
    for database in DATABASES {
        let (site, events) = trail(database).await;
        let (gone, copied) = (id(&events[30]), id(&events[40]));
        site.execute(&format!("DELETE FROM audit_events WHERE id = {}", literal(&site, &gone))).await;
        named(&wrong(&site, &[]), 1, &[&format!("event {gone} missing")]);

        let new = "0199f000-0000-7000-8000-000000000001";
        let columns =
            "at, subject, principal, principal_search, action, target, outcome, duration_us, source_us, bytes,
                       cached, batch, salt";
        site.execute(&format!(
            "INSERT INTO audit_events (id, {columns}) SELECT {}, {columns} FROM audit_events WHERE id = {}",
            literal(&site, new),
            literal(&site, &copied)
        ))
        .await;
        named(&wrong(&site, &[]), 2, &[&format!("event {new}…was added")]);
        site.execute(&format!("UPDATE audit_events SET batch = NULL WHERE id = {}", literal(&site, new))).await;
        named(&wrong(&site, &[]), 2, &[&format!("event {new}…is in no batch")]);
        let nowhere = literal(&site, new);
        site.execute(&format!("UPDATE audit_events SET batch = {nowhere} WHERE id = {nowhere}")).await;
        named(&wrong(&site, &[]), 2, &[&format!("event {new}…its batch does not exist")]);
    }
}

#[tokio::test]
async fn two_swapped_rows_are_named() {
    for database in DATABASES {
        let (site, events) = trail(database).await;
        let (one, other) = (id(&events[30]), id(&events[50]));
        let swap = async || {
            let spare = "0199f000-0000-7000-8000-000000000001";
            for (from, to) in [(one.as_str(), spare), (other.as_str(), one.as_str()), (spare, other.as_str())] {
                let (from, to) = (literal(&site, from), literal(&site, to));
                site.execute(&format!("UPDATE audit_events SET id = {to} WHERE id = {from}")).await;
            }
        };
        swap().await;
        let found = wrong(&site, &[]);
        assert!(found.iter().all(|line| line.contains(&one) || line.contains(&other)), "{found:#?}");
        for (there, held) in [(&one, &other), (&other, &one)] {
            let text = format!("event {there} holds what event {held} held: they were reordered");
            assert!(found.contains(&text), "no '{text}' in {found:#?}");
        }
        swap().await;
        holds(&site);
    }
}

#[tokio::test]
async fn a_removed_tail_is_named() {
    for database in DATABASES {
        let (site, _) = trail(database).await;
        let head = verify(&site, &[])["head"].as_str().unwrap().to_owned();
        let last: i64 = head.split(':').next().unwrap().parse().unwrap();
        let before = wrong(&site, &["--head", &head]);
        assert_eq!(before, Vec::<String>::new());
        site.execute("CREATE TABLE old_head AS SELECT * FROM audit_head").await;

        site.puente(&["team", "create", "late"]).expect_success();
        holds(&site);
        let late = verify(&site, &[])["head"].as_str().unwrap().to_owned();
        let events = format!("SELECT id FROM audit_batches WHERE seal > {last}");
        site.execute(&format!("DELETE FROM audit_events WHERE batch IN ({events})")).await;
        let gone = wrong(&site, &[]);
        named(&gone, 1, &["event … missing"]);
        site.execute(&format!("DELETE FROM audit_batches WHERE seal > {last}")).await;
        named(&wrong(&site, &[]), 1, &[&format!("batch …missing from seal {}…it listed 1 events", last + 1)]);
        site.execute(&format!("DELETE FROM audit_seals WHERE number > {last}")).await;
        named(&wrong(&site, &[]), 1, &[&format!("seal {} missing, with the batches and events", last + 1)]);

        // Only who kept an earlier head can do more: then a head that was kept elsewhere tells.
        site.execute(&format!("UPDATE audit_head SET number = {last}")).await;
        named(&wrong(&site, &[]), 2, &["head audit_head was changed", "head audit_head is not the end"]);
        site.execute("DELETE FROM audit_head").await;
        named(&wrong(&site, &[]), 1, &["head audit_head is missing"]);
        site.execute("INSERT INTO audit_head SELECT * FROM old_head").await;
        holds(&site);
        named(&wrong(&site, &["--head", &late]), 1, &[&format!("head {late} is beyond the end of the chain")]);
        site.puente(&["team", "create", "later"]).expect_success();
        named(&wrong(&site, &["--head", &late]), 1, &[&format!("head {late}…is another one")]);
    }
}

#[tokio::test]
async fn changed_batches_and_seals_are_named() {
    for database in DATABASES {
        let (site, _) = trail(database).await;
        let batches = format!("SELECT {} FROM audit_batches WHERE seal = 2 ORDER BY id", id_text(&site));
        let batch = site.column(&batches).await.swap_remove(0);
        let at = literal(&site, &batch);

        site.execute(&format!("UPDATE audit_batches SET seal = 1 WHERE id = {at}")).await;
        let found =
            [format!("batch {batch} is not listed in seal 1"), format!("batch {batch} was taken out of seal 2")];
        named(&wrong(&site, &[]), 2, &[&found[0], &found[1]]);
        site.execute(&format!("UPDATE audit_batches SET seal = 999 WHERE id = {at}")).await;
        named(&wrong(&site, &[]), 2, &["names a seal that does not exist", &found[1]]);
        site.execute(&format!("UPDATE audit_batches SET seal = 2 WHERE id = {at}")).await;

        let zeros = if site.backends().database_url.is_some() { "'\\x00'::bytea" } else { "x'00'" };
        site.execute(&format!(
            "CREATE TABLE kept AS SELECT mac, hash FROM audit_batches, audit_seals
                               WHERE id = {at} AND number = 2"
        ))
        .await;
        site.execute(&format!("UPDATE audit_batches SET mac = {zeros} WHERE id = {at}")).await;
        let changed = format!("batch {batch} was changed since it was sealed");
        named(&wrong(&site, &[]), 2, &[&changed, &format!("batch {batch} was changed: events may be gone")]);
        site.execute(&format!("UPDATE audit_batches SET mac = (SELECT mac FROM kept) WHERE id = {at}")).await;

        site.execute(&format!("UPDATE audit_seals SET hash = {zeros} WHERE number = 2")).await;
        named(&wrong(&site, &[]), 2, &["seal 2 was changed", "seal 3 does not follow on seal 2"]);
        site.execute("UPDATE audit_seals SET hash = (SELECT hash FROM kept) WHERE number = 2").await;
        holds(&site);

        // Two seals change places.
        for (from, to) in [(2, 999), (3, 2), (999, 3)] {
            site.execute(&format!("UPDATE audit_seals SET number = {to} WHERE number = {from}")).await;
        }
        let found = wrong(&site, &[]);
        for seal in ["seal 2 was changed, or moved", "seal 3 was changed, or moved"] {
            assert!(found.iter().any(|line| line.starts_with(seal)), "no '{seal}' in {found:#?}");
        }
    }
}

/// A head that somebody changed is not built upon: nothing covers up what happened until an operator says so.
#[tokio::test]
async fn a_broken_chain_goes_on_when_an_operator_says_so() {
    for database in DATABASES {
        let (site, _) = trail(database).await;
        site.execute("UPDATE audit_head SET number = number - 1").await;
        site.puente(&["team", "create", "one"]).expect_success();
        let found = verify(&site, &[]);
        assert!(found["waiting"].as_u64().unwrap() > 0, "{found:#}");
        named(&wrong(&site, &[]), 2, &["head audit_head was changed", "head audit_head is not the end"]);
        let sealed = site.puente(&["audit", "seal"]).success();
        assert!(sealed.stderr.contains("the head of the chain was not what Puente wrote"), "{}", sealed.stderr);
        holds(&site);
        let acts = exported(&site);
        assert_eq!(acts.last().unwrap()["action"], "audit/seal");
        assert_eq!(verify(&site, &[])["waiting"], 0);
    }
}
