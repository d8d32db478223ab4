//! Official clients that call until they are told to end, one of each era.

use std::fmt::Write;

use puente_test_support::postgres::Postgres;
use puente_tests::official::{Language, Plan};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{super::until, stage::Stage};

/// So many calls each of them must make.
const ENOUGH: u64 = 10;

pub(super) struct OfficialClients {
    name: String,
    end: String,
    clients: Vec<(&'static str, JoinHandle<Value>)>,
}

impl OfficialClients {
    pub(super) fn start(stage: &Stage, phase: &str) -> Self {
        let site = &stage.cluster.sites[0];
        let name = format!("official-{phase}");
        let key = site.key(&name, &[]);
        let end = site.path().join(&name).to_str().unwrap().to_owned();
        let url = format!("{}/mcp", stage.balancer.url());
        let clients = ["legacy", "2026-07-28"].map(|mode| {
            let call = json!({"name": "notes_count_notes", "arguments": {}});
            let plan = Plan::http(&url, &key, mode).step_until("tools/call", call, &end);
            (mode, tokio::spawn(async move { plan.run(Language::Python).await.result(0).clone() }))
        });
        Self { name, end, clients: clients.into() }
    }

    /// Waits until their calls are in the trail.
    pub(super) async fn are_calling(&self, stage: &Stage) {
        let calls = format!("SELECT id::text FROM audit_events WHERE principal LIKE '%{}%' LIMIT 10", self.name);
        let calls = async || Postgres::column(&stage.database, &calls).await.unwrap();
        until("the official clients call", async || calls().await.len() == 10).await;
    }

    /// Nothing failed for them.
    pub(super) async fn end(self, stage: &mut Stage) {
        for (mode, failed) in self.count(stage).await {
            assert_eq!(failed, 0, "{mode}\n{}", stage.report);
        }
    }

    /// Lets them end; how many calls failed for each.
    pub(super) async fn count(self, stage: &mut Stage) -> Vec<(&'static str, usize)> {
        std::fs::write(&self.end, "").unwrap();
        let mut counts = Vec::new();
        for (mode, client) in self.clients {
            let result = client.await.unwrap();
            let failed = result["failed"].as_array().unwrap();
            let (calls, count) = (result["calls"].as_u64().unwrap(), failed.len());
            writeln!(stage.report, "the official client ({mode}) meanwhile: {calls} calls, {count} failed").unwrap();
            for why in failed {
                writeln!(stage.report, "  {why}").unwrap();
            }
            assert!(calls >= ENOUGH, "{}", stage.report);
            counts.push((mode, count));
        }
        counts
    }
}
