//! A new table or column type must be covered, or these fail.

use std::collections::BTreeSet;

use super::world::{migrated_postgres, migrated_sqlite};
use crate::{plan::Plan, schema::Kind, verify};

/// The tables that are carried over. For a new one say: is it data at all, has it sealed columns
/// ([`rules`](crate::rules)), and does a first start fill it (`target/fresh.rs`)? Then name it here.
const CARRIED: &[&str] = &[
    "api_keys",
    "audit_batches",
    "audit_events",
    "audit_head",
    "audit_keys",
    "audit_seals",
    "grants",
    "jobs",
    "mcp_sessions",
    "oauth_clients",
    "oauth_codes",
    "oauth_connections",
    "prompts",
    "refresh_tokens",
    "resources",
    "results",
    "secrets",
    "servers",
    "settings",
    "sources",
    "tasks",
    "team_members",
    "teams",
    "tool_pins",
    "tools",
    "users",
    "versions",
    "web_sessions",
];

#[tokio::test]
async fn every_table_and_column_of_both_databases_is_covered() {
    let folder = tempfile::tempdir().unwrap();
    let (sqlite, postgres) = (migrated_sqlite(&folder.path().join("a.db")).await, migrated_postgres().await);
    let (mut sqlite, mut postgres) = (verify::open(&sqlite).await.unwrap(), verify::open(&postgres).await.unwrap());
    let (a, b) = (sqlite.schema().await.unwrap(), postgres.schema().await.unwrap());
    let plan = Plan::new(&a, &b).unwrap_or_else(|problems| panic!("not covered:\n{}", problems.join("\n")));
    for schema in [&a, &b] {
        let names: BTreeSet<&str> = schema.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), CARRIED, "see CARRIED");
    }
    for table in &plan.to {
        for column in &table.columns {
            assert_ne!(column.kind, Some(Kind::Unknown), "{}.{} is {}", table.name, column.name, column.declared);
        }
    }
    for (from, to) in plan.from.iter().zip(&plan.to) {
        assert_eq!(from.references, to.references, "{}", from.name);
        assert!(from.key.len() < from.columns.len() || from.columns.len() == 1, "{} has no key", from.name);
        for (a, b) in from.columns.iter().zip(&to.columns) {
            assert_eq!(a.nullable, b.nullable, "{}.{}", from.name, a.name);
        }
    }
    let position = |name: &str| plan.from.iter().position(|table| table.name == name).unwrap();
    assert!(position("users") < position("api_keys") && position("sources") < position("tools"));
    sqlite.close().await;
    postgres.close().await;
}
