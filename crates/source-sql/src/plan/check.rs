//! What is wrong with a definition, as far as it can be told without the database.

use puente_sources::{Definition, Finding};

use super::{Tool, fatal, is_unresolved, reach, settings};
use crate::{
    engine::Dialect,
    explore,
    identity::is_custom_setting,
    settings::{ExploreSettings, SourceSettings},
};

/// Everything that is wrong. References to secrets may be unresolved: then the database is unknown, and a statement is
/// wrong only if it is wrong for each.
pub(crate) fn check(definition: &Definition) -> Vec<Finding> {
    let settings = match settings(definition) {
        Ok(settings) => settings,
        Err(finding) => return vec![finding],
    };
    let (mut findings, dialects) = match url(definition, &settings.url, "url") {
        Ok(Some(dialect)) => (Vec::new(), vec![dialect]),
        Ok(None) => (Vec::new(), Dialect::ALL.to_vec()),
        Err(finding) => (vec![finding], Dialect::ALL.to_vec()),
    };
    findings.extend(identity(&settings, &dialects));
    if let Some(explore) = &settings.explore {
        findings.extend(self::explore(definition, &settings, explore, &dialects));
    }
    for index in 0..definition.tools.len() {
        findings.extend(tool(definition, index, &settings, &dialects));
    }
    findings
}

/// The dialect behind a URL; `None` if it still is a reference.
fn url(definition: &Definition, url: &str, location: &str) -> Result<Option<Dialect>, Finding> {
    if is_unresolved(url) {
        return Ok(Dialect::of_url(url));
    }
    reach(definition, url, location).map(|reach| Some(reach.dialect()))
}

fn identity(settings: &SourceSettings, dialects: &[Dialect]) -> Vec<Finding> {
    let names = settings.identity.settings.keys();
    let mut findings: Vec<_> = names
        .filter(|name| !is_custom_setting(name))
        .map(|name| fatal(format!("identity.settings.{name}"), "a setting's name has a dot, as in app.user"))
        .collect();
    if !settings.identity.settings.is_empty() && !dialects.contains(&Dialect::Postgres) {
        findings.push(fatal("identity", "identity works with PostgreSQL only"));
    }
    findings
}

fn explore(
    definition: &Definition,
    settings: &SourceSettings,
    explore: &ExploreSettings,
    dialects: &[Dialect],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !settings.identity.settings.is_empty() {
        findings.push(fatal(
            "explore",
            "explore is refused on a source with identity: an ad-hoc query could set another identity",
        ));
    }
    match &explore.url {
        Some(own) if *own == settings.url && !dialects.contains(&Dialect::Sqlite) => {
            findings.push(fatal("explore.url", "explore needs a login of its own, whose grants are the boundary"));
        }
        Some(own) => match url(definition, own, "explore.url") {
            Ok(Some(dialect)) if !dialects.contains(&dialect) => {
                findings.push(fatal("explore.url", "explore.url and url are different kinds of database"));
            }
            Ok(_) => {}
            Err(finding) => findings.push(finding),
        },
        None if !dialects.contains(&Dialect::Sqlite) => {
            findings.push(fatal("explore.url", "explore needs a login of its own, whose grants are the boundary"));
        }
        None => {}
    }
    let clashes =
        definition.tools.iter().enumerate().filter(|(_, (tool, _))| explore::NAMES.contains(&tool.name.as_str()));
    findings.extend(clashes.map(|(index, (tool, _))| {
        fatal(format!("tools[{index}].name"), format!("explore offers a tool named {}, too", tool.name))
    }));
    findings
}

fn tool(definition: &Definition, index: usize, settings: &SourceSettings, dialects: &[Dialect]) -> Vec<Finding> {
    let (record, common) = &definition.tools[index];
    let mut first = None;
    for &dialect in dialects {
        match Tool::compile(index, record, common, settings, dialect) {
            Ok(_) => return Vec::new(),
            Err(findings) => first = first.or(Some(findings)),
        }
    }
    first.unwrap_or_default()
}
