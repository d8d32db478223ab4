//! What a target holds already.

use std::collections::BTreeMap;

use crate::{
    error::Result,
    rules::FILES,
    schema::{Schema, quoted},
    side::Side,
};

/// What a first start makes, and what a look at it leaves behind: how many rows of each table at most.
const FIRST_START: &[(&str, u64)] = &[
    ("users", 1),
    ("api_keys", 1),
    ("servers", 1),
    ("grants", 1),
    ("versions", u64::MAX),
    ("settings", u64::MAX),
    ("refresh_tokens", u64::MAX),
    ("web_sessions", u64::MAX),
    ("mcp_sessions", u64::MAX),
    ("audit_events", u64::MAX),
    ("audit_keys", u64::MAX),
    ("audit_batches", u64::MAX),
    ("audit_seals", u64::MAX),
    ("audit_head", u64::MAX),
    ("jobs", u64::MAX),
];

pub(super) fn is_fresh(held: &BTreeMap<String, u64>) -> bool {
    let allowed = |table: &str| FIRST_START.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows);
    held.iter().all(|(table, rows)| *rows <= allowed(table))
}

/// The tables that have rows, and how many.
pub(crate) async fn count_rows(side: &mut Side, schema: &Schema) -> Result<BTreeMap<String, u64>> {
    if schema.tables.is_empty() {
        return Ok(BTreeMap::new());
    }
    let count = |name: &String| format!("SELECT '{}', count(*) FROM {}", name.replace('\'', "''"), quoted(name));
    let counts: Vec<String> = schema.tables.iter().map(|table| count(&table.name)).collect();
    let counts = side.counts(counts.join(" UNION ALL ")).await?;
    let counts = counts.into_iter().map(|(table, rows)| (table, u64::try_from(rows).unwrap_or_default()));
    Ok(counts.filter(|(_, rows)| *rows > 0).collect())
}

/// The transfer whose files are in place, by its id.
pub(super) async fn files(side: &mut Side, schema: &Schema) -> Result<Option<String>> {
    if schema.table("settings").is_none() { Ok(None) } else { side.setting(FILES).await }
}

/// The versions that servers on this database have seen.
pub(super) async fn versions(side: &mut Side, schema: &Schema) -> Result<BTreeMap<String, i64>> {
    if schema.table("versions").is_none() {
        return Ok(BTreeMap::new());
    }
    Ok(side.counts("SELECT name, version FROM versions".to_owned()).await?.into_iter().collect())
}
