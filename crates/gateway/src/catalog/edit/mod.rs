//! Edits of single sources and tools, as the REST API and the console make them. What an editor writes reaches less
//! than what the operator applies: see [`Origin`](puente_domain::catalog::Origin).

mod look;
mod prompts;
mod sources;
mod tools;

pub use sources::{NewSource, SourceChange};
pub use tools::{NewTool, ToolChange};

use std::collections::BTreeSet;

use puente_domain::{
    SourceId,
    catalog::{SourceRecord, ToolRecord},
};
use puente_storage::Transaction;
use serde_json::{Map, Value};

use super::{apply::clash, secrets::Secrets, snapshot::Rows};
use crate::{Error, Finding, Gateway, Result};

/// The last parts of settings that say where a source connects to: with another one, its secrets would go elsewhere.
const PLACES: [&str; 12] =
    ["url", "base_url", "host", "hosts", "port", "address", "endpoint", "server", "socket", "proxy", "command", "args"];

impl Gateway {
    /// Checks a source as an edit would leave it. A secret that is not there (any more) does not keep it from being
    /// saved: it is given afterwards.
    async fn check_edit(&self, source: &SourceRecord, tools: &[ToolRecord], secrets: &Secrets) -> Result<()> {
        let missing = |finding: &Finding| finding.message.starts_with("there is no secret ");
        let findings = self.check_source(source, tools, secrets).await;
        let fatal: Vec<Finding> =
            findings.into_iter().filter(|finding| !finding.warning && !missing(finding)).collect();
        if fatal.is_empty() { Ok(()) } else { Err(Error::Invalid(fatal)) }
    }
}

/// Refuses what would give two things one name on a virtual server.
pub(crate) async fn check_clashes(transaction: &mut dyn Transaction) -> Result<()> {
    let rows = Rows::load(transaction).await?;
    let findings = clash::find(&rows, &super::CatalogFile::default());
    if findings.is_empty() { Ok(()) } else { Err(Error::Invalid(findings)) }
}

async fn tools_of(transaction: &mut dyn Transaction, source: SourceId) -> Result<Vec<ToolRecord>> {
    let rows = transaction.catalog().load().await?;
    Ok(rows.tools.into_iter().filter(|tool| tool.source == source).collect())
}

/// Whether two settings connect to different places.
fn moved(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    places(before) != places(after)
}

fn places(settings: &Map<String, Value>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    collect(settings, "", &mut found);
    found
}

fn collect(settings: &Map<String, Value>, path: &str, found: &mut BTreeSet<(String, String)>) {
    for (key, value) in settings {
        let below = format!("{path}/{key}");
        if PLACES.contains(&key.as_str()) {
            found.insert((below, value.to_string()));
        } else if let Value::Object(map) = value {
            collect(map, &below, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_place_is_noticed_wherever_it_is_said() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let before = map(json!({"url": "a", "pool": {"max": 1}, "explore": {"url": "b", "max_rows": 1}}));
        assert!(!moved(&before, &map(json!({"url": "a", "pool": {"max": 2}, "explore": {"url": "b"}}))));
        assert!(moved(&before, &map(json!({"url": "c", "explore": {"url": "b"}}))));
        assert!(moved(&before, &map(json!({"url": "a", "explore": {"url": "c"}}))));
        assert!(moved(&before, &map(json!({"url": "a"}))));
    }
}
