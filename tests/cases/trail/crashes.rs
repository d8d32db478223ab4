//! Replicas that write at once and are killed in between.

use std::sync::atomic::{AtomicUsize, Ordering};

use puente_tests::{Backends, Mcp, PgDatabase, Server, Site};
use serde_json::json;
use tokio::task::JoinSet;

use super::{DATABASES, holds, id, verify, wrong};

const REPLICAS: usize = 3;
const AGENTS: usize = 4;

static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Reads and writes until the server is gone.
async fn call(mcp: Mcp, agent: usize) {
    for number in 0.. {
        let called = if number % 4 == 0 {
            mcp.call("notes_add_note", json!({"marker": format!("{agent}-{number}")})).await
        } else {
            mcp.call("notes_count_notes", json!({})).await
        };
        if called.status != 200 {
            return;
        }
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Lets agents call each replica until there are so many calls more.
async fn calls(servers: &[Server], key: &str, agents: &mut JoinSet<()>, more: usize) {
    let enough = CALLS.load(Ordering::Relaxed) + more;
    for (replica, server) in servers.iter().enumerate() {
        for agent in 0..AGENTS {
            agents.spawn(call(server.mcp(key), replica * AGENTS + agent));
        }
    }
    servers[0].until("there are enough calls", async || CALLS.load(Ordering::Relaxed) >= enough).await;
}

/// Three replicas write so many events, and each is killed once; then the chain is proven, and tampering named.
pub(super) async fn three_replicas(events: usize) {
    let (cluster, database) = crate::replicas::cluster(REPLICAS, &[("RATE_LIMIT", "100000000/1m")]).await;
    cluster.apply();
    let key = cluster.sites[0].key("agents", &[]);
    let mut servers = cluster.serve().await;
    let mut agents = JoinSet::new();
    for site in &cluster.sites {
        calls(&servers, &key, &mut agents, events / REPLICAS + 1).await;
        servers.remove(0).kill().await;
        servers.push(site.serve().await);
    }
    calls(&servers, &key, &mut agents, AGENTS).await;
    for server in servers {
        server.kill().await;
    }
    agents.join_all().await;

    let site = &cluster.sites[0];
    let found = verify(site, &[]);
    assert_eq!(found["findings"], json!([]), "{found:#}");
    assert!(found["events"].as_u64().unwrap() >= events as u64 / 2, "{found:#}");
    println!("{} events in {} batches, {} seals", found["events"], found["batches"], found["seals"]);
    // A start seals what the killed ones left, and explains their intents.
    cluster.sites[1].serve().await.stop().await;
    let found = verify(site, &[]);
    assert_eq!((&found["findings"], &found["waiting"]), (&json!([]), &json!(0)), "{found:#}");
    let newest = site.puente(&["audit", "list", "--limit", "1", "--target", "notes.count_notes", "--json"]).json();
    let event = id(&newest[0]);
    PgDatabase::at(&database).run(&format!("DELETE FROM audit_events WHERE id = '{event}'"));
    let found = wrong(site, &[]);
    assert!(found.len() == 1 && found[0].starts_with(&format!("event {event} missing")), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_are_killed_and_the_chain_holds() {
    three_replicas(1500).await;
}

/// A process is killed between its batch and the seal, and the next one seals for it.
#[tokio::test]
async fn whoever_starts_seals_what_a_killed_process_left() {
    for database in DATABASES {
        let site = Site::with_notes_on(Backends::named(database));
        let key = site.key("agents", &[]);
        let server = site.serve().await;
        for number in 0..20 {
            let marker = json!({"marker": number.to_string()});
            assert_eq!(server.mcp(&key).call("notes_add_note", marker).await.status, 200);
        }
        server.kill().await;
        let events = holds(&site);
        site.puente(&["team", "create", "next"]).expect_success();
        assert_eq!(verify(&site, &[])["waiting"], 0);
        assert_eq!(holds(&site), events + 1);
    }
}
