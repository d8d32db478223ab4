//! Lists and searches of a large installation, as people and agents ask for them.

use std::time::{Duration, Instant};

use anyhow::ensure;
use puente_tests::ADMIN_EMAIL;
use serde_json::{Value, json};

use crate::{call::Installation, report::Report};

/// How often each is asked; the median counts.
const TIMES: usize = 15;
const AIM: &str = "< 50 ms";

/// What is asked of the REST API, and whether anything is found.
const SEARCHES: [(&str, &str, bool); 19] = [
    ("audit, newest", "/api/v1/audit?limit=50", true),
    ("audit, from the middle on", "/api/v1/audit?limit=50&until=2025-12-01T00:00:00Z", true),
    ("audit, a part of no name", "/api/v1/audit?limit=50&principal=nobody", false),
    ("audit, a part of one name", "/api/v1/audit?limit=50&principal=ser-1717%40", true),
    ("audit, a part of all names", "/api/v1/audit?limit=50&principal=EXAMPLE", true),
    ("audit, one tool", "/api/v1/audit?limit=50&target=bench.tool_17", true),
    ("audit, all tools of a source", "/api/v1/audit?limit=50&target=bench.*", true),
    ("audit, all tools of an old source", "/api/v1/audit?limit=50&target=old.*", true),
    ("audit, no such source", "/api/v1/audit?limit=50&target=nothing.*", false),
    ("audit, tool calls", "/api/v1/audit?limit=50&action=tools/call", true),
    ("audit, a rare action", "/api/v1/audit?limit=50&action=catalog/apply", true),
    ("audit, no such action", "/api/v1/audit?limit=50&action=nothing", false),
    ("audit, an old virtual server", "/api/v1/audit?limit=50&server=old", true),
    ("audit, no such virtual server", "/api/v1/audit?limit=50&server=nothing", false),
    ("audit, failures", "/api/v1/audit?limit=50&outcome=error", true),
    ("audit, limited calls of one name", "/api/v1/audit?limit=50&outcome=limited&principal=ser-1717%40", false),
    ("catalog, a page", "/api/v1/tools?limit=100", true),
    ("catalog, a part of one description", "/api/v1/tools?limit=100&search=KIND%209876", true),
    ("catalog, a part of none", "/api/v1/tools?limit=100&search=nothing", false),
];

/// Measures each.
pub(super) async fn measure(name: &str, large: &Installation, key: &str, report: &mut Report) -> anyhow::Result<()> {
    large.site.user(ADMIN_EMAIL, "admin");
    let admin = large.server.admin().await;
    for (what, path, finds) in SEARCHES {
        let ask = async || -> anyhow::Result<()> {
            let answer = admin.get(path).await;
            let found = answer.body["items"].as_array().is_some_and(|items| !items.is_empty());
            ensure!(answer.status == 200 && found == finds, "{path}: {} {}", answer.status, answer.body);
            Ok(())
        };
        report.line(format!("{name}, {what}"), format!("{:.1?}", median(ask).await?), AIM);
    }
    let mcp = large.server.mcp(key);
    let list = async || -> anyhow::Result<()> {
        let answer = mcp.send("tools/list", json!({})).await;
        ensure!(answer.body["result"]["tools"].as_array().is_some_and(|tools| tools.len() > 10), "{}", answer.body);
        Ok(())
    };
    report.line(format!("{name}, tools/list, first page"), format!("{:.1?}", median(list).await?), AIM);
    let mut cursor = Value::Null;
    let (began, mut tools) = (Instant::now(), 0);
    loop {
        let params = if cursor.is_null() { json!({}) } else { json!({"cursor": cursor}) };
        let mut answer = mcp.send("tools/list", params).await;
        tools += answer.body["result"]["tools"].as_array().map_or(0, Vec::len);
        cursor = answer.body["result"]["nextCursor"].take();
        if cursor.is_null() {
            break;
        }
    }
    report.line(format!("{name}, tools/list, all {tools} tools"), format!("{:.1?}", began.elapsed()), "");
    Ok(())
}

async fn median(ask: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    ask().await?;
    let mut all = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        ask().await?;
        all.push(began.elapsed());
    }
    all.sort_unstable();
    Ok(all[TIMES / 2])
}
