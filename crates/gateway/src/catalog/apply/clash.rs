//! Client-visible names that two tools or prompts of one virtual server would share.

use std::collections::HashMap;

use puente_domain::{Name, SourceId, server::VirtualServer};

use super::check::fatal;
use crate::{
    Finding,
    catalog::{Rows, file::CatalogFile, pattern::includes},
    view::client_name,
};

/// Every clash, at the virtual server's entry in the file if it has one.
pub(in crate::catalog) fn find(after: &Rows, file: &CatalogFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, _) in after.servers.iter().filter(|(server, _)| server.enabled) {
        let tools = after.catalog.tools.iter().filter(|tool| tool.enabled).map(|tool| (tool.source, &tool.name));
        let prompts = after.catalog.prompts.iter().map(|prompt| (prompt.source, &prompt.name));
        let problems = [clashes(after, server, tools), clashes(after, server, prompts)].concat();
        let index = file.servers.iter().position(|entry| entry.name == server.name);
        let path = index.map_or_else(String::new, |index| format!("servers[{index}]"));
        findings.extend(problems.into_iter().map(|problem| fatal(path.clone(), problem)));
    }
    findings
}

/// Clashes among the things of one kind.
fn clashes<'a>(rows: &Rows, server: &VirtualServer, items: impl Iterator<Item = (SourceId, &'a Name)>) -> Vec<String> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut problems = Vec::new();
    for (source, name) in items {
        let Some(source) = rows.catalog.sources.iter().find(|row| row.id == source && row.enabled) else { continue };
        let address = format!("{}.{name}", source.name);
        if !includes(&server.include, &server.exclude, &address) {
            continue;
        }
        let shown = client_name(&source.name, name.as_str(), server.prefix);
        if let Some(other) = seen.insert(shown.clone(), address.clone()) {
            let advice =
                if server.prefix { "rename one of them" } else { "exclude one of them, or set `prefix: true`" };
            problems.push(format!(
                "clients of the server '{}' would see both {other} and {address} as `{shown}`; {advice}",
                server.name
            ));
        }
    }
    problems
}
