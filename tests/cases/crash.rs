//! kill -9 in the middle of writes: what was acknowledged is audited, what was begun is explained.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use puente_tests::{Api, Mcp, Site, erp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// So many agents write at once; the kill comes once this many notes were acknowledged.
const WRITERS: usize = 8;
const ENOUGH: usize = 100;

#[tokio::test]
async fn every_acknowledged_write_is_audited_and_every_intent_is_explained() {
    let site = Site::with_notes();
    let key = site.key("writer", &[]);
    let server = site.serve().await;

    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write_until_refused(server.mcp(&key), writer, acknowledged.clone()));
    }
    let count = || acknowledged.lock().unwrap().len();
    server.until("enough is written", async || count() >= ENOUGH).await;
    server.kill().await;
    writers.join_all().await;

    let server = site.serve().await;
    let audited = audited_writes(&server.admin().await).await;
    for marker in acknowledged.lock().unwrap().iter() {
        assert_eq!(audited.get(marker).map(|event| &event["outcome"]), Some(&json!("ok")), "acknowledged: {marker}");
    }
    for note in erp::rows(&site.notes(), "SELECT marker FROM notes", &[]) {
        let marker = note["marker"].as_str().unwrap();
        let event = audited.get(marker).unwrap_or_else(|| panic!("written without a trace: {marker}"));
        let outcome = event["outcome"].as_str().unwrap();
        assert!(["ok", "unknown"].contains(&outcome), "{event}");
    }
    for event in audited.values().filter(|event| event["outcome"] == "unknown") {
        assert!(event["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "not explained: {event}");
    }
}

async fn write_until_refused(mcp: Mcp, writer: usize, acknowledged: Arc<Mutex<BTreeSet<String>>>) {
    for number in 0.. {
        let marker = format!("w{writer}-{number}");
        let answer = mcp.call("notes_add_note", json!({"marker": marker})).await;
        if answer.status != 200 {
            return;
        }
        assert_ne!(answer.body["result"]["isError"], true, "{}", answer.body);
        acknowledged.lock().unwrap().insert(marker);
    }
}

/// Every audited call of `add_note`, by the marker that it was to write.
async fn audited_writes(admin: &Api) -> BTreeMap<String, Value> {
    let mut events = BTreeMap::new();
    let mut path = "/api/v1/audit?target=notes.add_note&limit=200".to_owned();
    loop {
        let page = admin.get(&path).await.expect(200);
        for event in page["items"].as_array().expect("a page has items") {
            let arguments: Value = serde_json::from_str(event["arguments"].as_str().unwrap()).unwrap();
            let marker = arguments["marker"].as_str().unwrap().to_owned();
            assert!(events.insert(marker, event.clone()).is_none(), "audited twice: {event}");
        }
        match page["next"].as_str() {
            Some(after) => path = format!("/api/v1/audit?target=notes.add_note&limit=200&after={after}"),
            None => return events,
        }
    }
}
