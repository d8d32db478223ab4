//! What a large installation holds.

use std::fmt::Write as _;

use puente_test_support::postgres::Postgres;
use puente_tests::{Run, Site};
use rusqlite::Connection;

use crate::call::{self, Installation};

/// Rows of the audit trail.
const EVENTS: u32 = 1_000_000;
/// Tools in the catalog.
const TOOLS: u32 = 10_000;

/// Both databases understand it, but for `{id}`, `{at}`, `{cached}` and `{numbers}`. The first rows are the oldest: they
/// differ, so that looking for them from the newest on takes longest.
const INSERT: &str = "
    INSERT INTO audit_events (id, at, subject, principal, principal_search, action, target, server, outcome, duration_us,
                              source_us, bytes, cached)
    SELECT {id}, {at},
           'user:00000000-0000-0000-0000-' || substr(CAST(1000000000000 + n * 7919 % 3000 AS TEXT), 2),
           'user-' || (n * 7919 % 3000) || '@example.com',
           'user-' || (n * 7919 % 3000) || '@example.com',
           CASE WHEN n < 20 THEN 'catalog/apply' WHEN n % 100 = 0 THEN 'auth/token' ELSE 'tools/call' END,
           CASE WHEN n < 20 THEN 'old.tool' ELSE 'bench.tool_' || (n % 10000) END,
           CASE WHEN n < 20 THEN 'old' ELSE 'default' END, CASE WHEN n % 200 = 0 THEN 'error' ELSE 'ok' END,
           1000, 900, 500, {cached}
    FROM {numbers}";

/// Fills an installation and starts it again.
pub(super) async fn fill(installation: Installation) -> anyhow::Result<Installation> {
    let Installation { site, server } = installation;
    server.stop().await;
    add_tools(&site);
    match &site.backends().database_url {
        Some(url) => postgres(url).await?,
        None => sqlite(&site)?,
    }
    let server = site.serve().await;
    Ok(Installation { site, server })
}

fn add_tools(site: &Site) {
    let mut tools = String::new();
    for number in 0..TOOLS {
        let _ = writeln!(
            tools,
            "      - {{name: tool_{number}, description: Counts the expenses of kind {number}., \
             sql: SELECT count(*) AS n FROM expenses}}"
        );
    }
    let catalog = site.write("large.yaml", &call::catalog(&tools));
    Run::of(site.command(&["apply", "-f", &catalog])).expect_success();
}

fn sqlite(site: &Site) -> anyhow::Result<()> {
    let numbers = format!(
        "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {EVENTS}) SELECT n FROM numbers)"
    );
    let insert = INSERT.replace("{id}", "randomblob(16)").replace("{at}", "1760000000000000 + n * 10000000");
    let insert = insert.replace("{cached}", "0").replace("{numbers}", &numbers);
    let database = Connection::open(site.data().join("puente.db"))?;
    database.execute_batch(&format!("BEGIN; {insert}; COMMIT;"))?;
    Ok(())
}

async fn postgres(url: &str) -> anyhow::Result<()> {
    let at = "timestamptz '2025-10-09' + n * interval '10 seconds'";
    let insert = INSERT.replace("{id}", "gen_random_uuid()").replace("{at}", at).replace("{cached}", "false");
    let insert = insert.replace("{numbers}", &format!("generate_series(1::bigint, {EVENTS}) AS numbers (n)"));
    Postgres::execute(url, &insert).await?;
    // As autovacuum does soon after.
    Postgres::execute(url, "VACUUM ANALYZE audit_events").await?;
    Ok(())
}
