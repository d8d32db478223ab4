//! The audit trail proves itself: what nobody touched verifies, whatever happened to it; what somebody touched is named.

mod changes;
mod crashes;
mod moves;
mod soak;
mod tampering;

use puente_tests::{FAILED, Site};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Both databases.
const DATABASES: [&str; 2] = ["sqlite+memory", "postgresql+memory"];

/// What `puente audit verify --json` says, and that its exit code fits.
#[track_caller]
fn verify(site: &Site, more: &[&str]) -> Value {
    let run = site.puente(&[&["audit", "verify", "--json"], more].concat());
    let found: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} in: {run:?}"));
    let holds = found["findings"].as_array().unwrap().is_empty();
    assert_eq!(run.code, if holds { 0 } else { FAILED }, "{run:?}");
    found
}

/// Fails the test unless the trail proves itself; says how many events it has.
#[track_caller]
fn holds(site: &Site) -> u64 {
    let found = verify(site, &[]);
    assert_eq!(found["findings"], json!([]), "{found:#}");
    assert_eq!(found["unproven"], 0, "{found:#}");
    let events = found["events"].as_u64().unwrap();
    assert_eq!(events, exported(site).len() as u64, "{found:#}");
    events
}

/// What is wrong, as `kind id text`, a finding a line.
#[track_caller]
fn wrong(site: &Site, more: &[&str]) -> Vec<String> {
    let found = verify(site, more);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let line = |finding: &Value| ["kind", "what", "text"].map(|part| text(&finding[part])).join(" ");
    found["findings"].as_array().unwrap().iter().map(line).collect()
}

/// Every event, the oldest first.
fn exported(site: &Site) -> Vec<Value> {
    let run = site.puente(&["audit", "export", "--json", "lines"]).success();
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

/// An id as SQL of the site's database has it.
fn literal(site: &Site, id: &str) -> String {
    if site.backends().database_url.is_some() { format!("'{id}'::uuid") } else { format!("x'{}'", id.replace('-', "")) }
}

/// The column `id` as text, in SQL of the site's database.
fn id_text(site: &Site) -> &'static str {
    if site.backends().database_url.is_some() {
        return "id::text";
    }
    "lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' ||
           substr(hex(id), 17, 4) || '-' || substr(hex(id), 21))"
}

/// A trail with calls that read and calls that write, many at once.
async fn with_calls(site: &Site) {
    let key = site.key("agents", &[]);
    let server = site.serve().await;
    let mut agents = JoinSet::new();
    for agent in 0..4 {
        let mcp = server.mcp(&key);
        agents.spawn(async move {
            for call in 0..10 {
                let marker = format!("{agent}-{call}");
                assert_eq!(mcp.call("notes_add_note", json!({"marker": marker})).await.status, 200);
                assert_eq!(mcp.call("notes_list_notes", json!({})).await.status, 200);
            }
        });
    }
    agents.join_all().await;
    assert_eq!(server.stop().await.code(), Some(0));
}
