//! `puente stdio`, alone on its data and beside a server.

use puente_tests::{REFUSED, Site, Stdio};
use serde_json::json;

#[tokio::test]
async fn it_acts_as_its_key() {
    let site = Site::with_notes();
    let key = site.key("desk", &[]);
    let mut stdio = Stdio::start(&site, &key, &[]);
    let answer = stdio.call("notes_add_note", json!({"marker": "from the desk"})).await;
    assert_eq!(answer["result"]["structuredContent"]["affected_rows"], 1, "{answer}");
    assert_eq!(stdio.close().await, 0);
    let events = site.puente(&["audit", "list", "--json"]).json();
    let call = events
        .as_array()
        .expect("a list")
        .iter()
        .find(|event| event["target"] == "notes.add_note")
        .expect("it is audited");
    assert_eq!(call["principal"], "desk");
}

#[tokio::test]
async fn without_a_key_it_says_what_to_do() {
    let site = Site::with_notes();
    site.puente(&["stdio"]).expect_failure(REFUSED, &["PUENTE_API_KEY"]);
    let mut command = site.command(&["stdio"]);
    command.env("PUENTE_API_KEY", "pk_0000000000000000000000000000000000000000000");
    puente_tests::Run::of(command).expect_failure(REFUSED, &["key"]);
}

#[tokio::test]
async fn beside_a_server_it_forwards_to_it() {
    let site = Site::with_notes();
    let key = site.key("desk", &[]);
    let server = site.serve().await;
    let mut stdio = Stdio::start(&site, &key, &[]);
    let answer = stdio.call("notes_add_note", json!({"marker": "forwarded"})).await;
    assert_eq!(answer["result"]["structuredContent"]["affected_rows"], 1, "{answer}");
    // The server is still the one that runs: its end is the end of the answers.
    server.kill().await;
    let answer = stdio.call("notes_list_notes", json!({})).await;
    assert!(answer.get("error").is_some(), "who answered? {answer}");
}

#[tokio::test]
async fn a_key_disabled_meanwhile_is_refused() {
    let site = Site::with_notes();
    let key = site.key("desk", &[]);
    let server = site.serve().await;
    let mut stdio = Stdio::start(&site, &key, &[]);
    let answer = stdio.call("notes_list_notes", json!({})).await;
    assert!(answer["result"]["structuredContent"].is_object(), "{answer}");
    site.puente(&["key", "disable", "desk"]).expect_success();
    let mcp = server.mcp(&key);
    server.until("the key is refused", async || mcp.send("tools/list", json!({})).await.status == 401).await;
    let answer = stdio.call("notes_list_notes", json!({})).await;
    assert!(answer.get("error").is_some(), "{answer}");
}
