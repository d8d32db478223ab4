//! A catalog entry, compiled: settings parsed, statements cut at their placeholders, everything checked that can be
//! checked without the database.

mod check;
mod tool;

use std::time::Duration;

use puente_sources::{Definition, Finding, finding::parse};
use serde_json::Value;

pub(crate) use check::check;
pub(crate) use puente_sources::finding::{fatal, warning};
pub(crate) use tool::Tool;

use crate::{engine::Options, explore::ExplorePlan, identity::Claim, reach::Reach, settings::SourceSettings};

/// A source that can be connected.
pub(crate) struct Plan {
    /// The database of its tools.
    pub(crate) database: Options,
    /// Its tools, in the order of the catalog.
    pub(crate) tools: Vec<Tool>,
    /// Ad-hoc queries.
    pub(crate) explore: Option<ExplorePlan>,
    /// Session settings that carry the caller.
    pub(crate) identity: Vec<(String, Claim)>,
    /// The longest that a statement may run.
    pub(crate) statement_timeout: Option<Duration>,
}

/// Compiles `definition`, whose references to secrets are resolved.
///
/// # Errors
/// Everything that is wrong; each finding is fatal.
pub(crate) fn compile(definition: &Definition) -> Result<Plan, Vec<Finding>> {
    let findings = check(definition);
    if !findings.is_empty() {
        return Err(findings);
    }
    let settings = settings(definition).map_err(|finding| vec![finding])?;
    let reach = reach(definition, &settings.url, "url").map_err(|finding| vec![finding])?;
    let dialect = reach.dialect();
    let mut tools = Vec::new();
    for (index, (record, common)) in definition.tools.iter().enumerate() {
        tools.push(Tool::compile(index, record, common, &settings, dialect)?);
    }
    let explore = match &settings.explore {
        Some(explore) => {
            let url = explore.url.as_ref().unwrap_or(&settings.url);
            let reach = self::reach(definition, url, "explore.url").map_err(|finding| vec![finding])?;
            Some(ExplorePlan::new(explore, reach, settings.pool))
        }
        None => None,
    };
    Ok(Plan {
        database: Options { reach, pool: settings.pool, single_use: false, tables: Vec::new() },
        tools,
        explore,
        identity: settings.identity.settings.into_iter().collect(),
        statement_timeout: settings.statement_timeout,
    })
}

/// Parses the source's settings.
fn settings(definition: &Definition) -> Result<SourceSettings, Finding> {
    parse("", Value::Object(definition.settings.clone()))
}

fn reach(definition: &Definition, url: &str, location: &str) -> Result<Reach, Finding> {
    Reach::new(url, definition.origin, definition.egress.clone()).map_err(|problem| fatal(location, problem))
}

/// Whether a text still holds a reference to a secret.
fn is_unresolved(text: &str) -> bool {
    text.contains("${")
}
