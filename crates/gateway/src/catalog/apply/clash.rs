//! Client-visible names that two tools or prompts of one virtual server would share.

use std::collections::HashMap;

use puente_domain::{
    Name, SourceId,
    server::{Discovery, VirtualServer},
};

use super::check::fatal;
use crate::{
    Finding,
    catalog::{Rows, file::CatalogFile, pattern::includes},
    discovery::Guide,
    view::client_name,
};

/// Every clash, at the virtual server's entry in the file if it has one.
pub(in crate::catalog) fn find(after: &Rows, file: &CatalogFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, _) in after.servers.iter().filter(|(server, _)| server.enabled) {
        let tools = after.catalog.tools.iter().filter(|tool| tool.enabled).map(|tool| (tool.source, &tool.name));
        let prompts = after.catalog.prompts.iter().map(|prompt| (prompt.source, &prompt.name));
        let problems = [clashes(after, server, guides(server), tools), clashes(after, server, &[], prompts)].concat();
        let index = file.servers.iter().position(|entry| entry.name == server.name);
        let path = index.map_or_else(String::new, |index| format!("servers[{index}]"));
        findings.extend(problems.into_iter().map(|problem| fatal(path.clone(), problem)));
    }
    findings
}

/// The tools that a server has of itself.
const fn guides(server: &VirtualServer) -> &'static [Guide] {
    match server.discovery {
        Discovery::Off => &[],
        Discovery::Beside | Discovery::Instead => &Guide::ALL,
    }
}

/// Clashes among the things of one kind, and with the server's own.
fn clashes<'a>(
    rows: &Rows,
    server: &VirtualServer,
    own: &[Guide],
    items: impl Iterator<Item = (SourceId, &'a Name)>,
) -> Vec<String> {
    let own = own.iter().map(|guide| (guide.name().to_owned(), "its own, which `discovery` adds".to_owned()));
    let mut seen: HashMap<String, String> = own.collect();
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
