//! What can be wrong with a file that is well-formed.

use puente_domain::{
    SourceId,
    catalog::{PromptRecord, ResourceRecord, ToolRecord},
};
use puente_storage::Transaction;

use super::{Change, plan::Plan};
use crate::{
    Error, Finding, Result,
    admin::{
        refer,
        servers::check::{OPEN, patterns},
    },
    catalog::{
        Rows,
        file::{CatalogFile, SourceEntry, duplicates},
        pattern::matches,
        prompts::StaticPrompt,
        resources::StaticResource,
        secrets::Secrets,
    },
};

pub(super) fn fatal(path: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding { path: path.into(), position: None, message: message.into(), warning: false }
}

/// Puts a finding below a path.
pub(super) fn below(path: &str, finding: Finding) -> Finding {
    let path = if finding.path.is_empty() { path.to_owned() } else { format!("{path}.{}", finding.path) };
    Finding { path, ..finding }
}

/// Puts a finding of a source at its place in the file. A tool that only the catalog has is named instead.
pub(super) fn in_source(index: usize, entry: &SourceEntry, tools: &[ToolRecord], finding: Finding) -> Finding {
    let source = format!("sources[{index}]");
    let (tool, rest) = finding.path.strip_prefix("tools[").and_then(|path| path.split_once(']')).unwrap_or_default();
    let stored = tool.parse().ok().filter(|tool| *tool >= entry.tools.len()).and_then(|tool: usize| tools.get(tool));
    let Some(tool) = stored else { return below(&source, finding) };
    let field = rest.trim_start_matches('.');
    let field = if field.is_empty() { String::new() } else { format!(" ({field})") };
    let message = format!(
        "the catalog's tool {}.{}, which this file does not name{field}: {}; repair it, delete it, or use --prune",
        entry.name, tool.name, finding.message
    );
    Finding { path: source, message, ..finding }
}

/// Secrets that go with their sources.
pub(super) fn forgotten(plan: &Plan, secrets: &Secrets) -> Vec<Finding> {
    let gone = plan.sources.iter().filter(|step| step.change == Change::Removed).map(|step| &step.record.name);
    gone.filter_map(|source| {
        let names = secrets.of(source);
        let message = format!("the source {source} is deleted, with its secrets: {}", names.join(", "));
        (!names.is_empty()).then(|| Finding { warning: true, ..fatal("", message) })
    })
    .collect()
}

/// Names that are there twice.
pub(super) fn names(file: &CatalogFile) -> Vec<Finding> {
    let mut findings =
        duplicates(file.sources.iter().map(|source| source.name.as_str()), |at| format!("sources[{at}]"), "source");
    for (index, source) in file.sources.iter().enumerate() {
        let at = |list: &'static str| move |item: usize| format!("sources[{index}].{list}[{item}]");
        findings.extend(duplicates(source.tools.iter().map(|tool| tool.name.as_str()), at("tools"), "tool"));
        findings.extend(duplicates(source.prompts.iter().map(|prompt| prompt.name.as_str()), at("prompts"), "prompt"));
        let resources = source.resources.iter().map(|resource| resource.name.as_str());
        findings.extend(duplicates(resources, at("resources"), "resource"));
    }
    let servers = file.servers.iter().map(|server| server.name.as_str());
    findings.extend(duplicates(servers, |at| format!("servers[{at}]"), "server"));
    findings
}

/// Grants to those who do not exist.
pub(super) async fn grantees(transaction: &mut dyn Transaction, file: &CatalogFile) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (index, server) in file.servers.iter().enumerate() {
        for (item, text) in server.grants.iter().flatten().enumerate() {
            let path = format!("servers[{index}].grants[{item}]");
            match refer::grantee(transaction, text).await {
                Ok(_) => {}
                Err(Error::Invalid(wrong)) => {
                    findings.extend(wrong.into_iter().map(|finding| fatal(path.clone(), finding.message)));
                }
                Err(error @ Error::NotFound { .. }) => findings.push(fatal(path, error.to_string())),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(findings)
}

/// Patterns that are none, and servers that are open where none may be.
pub(super) fn servers(file: &CatalogFile, allow_open: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, server) in file.servers.iter().enumerate() {
        for (field, list) in [("include", &server.include), ("exclude", &server.exclude)] {
            if let Err(Error::Invalid(wrong)) = patterns(field, list) {
                findings.extend(wrong.into_iter().map(|finding| below(&format!("servers[{index}]"), finding)));
            }
        }
        if server.open && !allow_open {
            findings.push(fatal(format!("servers[{index}].open"), OPEN));
        }
        if server.include.is_empty() {
            let message = "the server offers nothing: `include` is empty";
            findings.push(Finding { warning: true, ..fatal(format!("servers[{index}]"), message) });
        }
    }
    findings
}

/// Prompts and resources; patterns that lead nowhere.
pub(super) fn offers(file: &CatalogFile, after: &Rows) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, source) in file.sources.iter().enumerate() {
        for (item, prompt) in source.prompts.iter().enumerate() {
            let found =
                after.catalog.prompts.iter().find(|row| of_entry(after, row.source, source) && row.name == prompt.name);
            if let Some(Err(problem)) = found.map(StaticPrompt::parse as fn(&PromptRecord) -> _) {
                findings.push(fatal(format!("sources[{index}].prompts[{item}]"), problem));
            }
        }
        for (item, resource) in source.resources.iter().enumerate() {
            let path = format!("sources[{index}].resources[{item}]");
            let found = after
                .catalog
                .resources
                .iter()
                .find(|row| of_entry(after, row.source, source) && row.name == resource.name);
            if let Some(Err(problem)) = found.map(StaticResource::parse as fn(&ResourceRecord) -> _) {
                findings.push(fatal(path.clone(), problem));
            }
            if after.catalog.resources.iter().filter(|row| row.uri == resource.uri).count() > 1 {
                findings.push(fatal(format!("{path}.uri"), format!("another resource has the URI {}", resource.uri)));
            }
        }
    }
    findings.extend(dead_patterns(file, after));
    findings
}

fn of_entry(rows: &Rows, id: SourceId, entry: &SourceEntry) -> bool {
    rows.catalog.sources.iter().any(|source| source.id == id && source.name == entry.name)
}

fn dead_patterns(file: &CatalogFile, after: &Rows) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, server) in file.servers.iter().enumerate() {
        for (item, pattern) in server.include.iter().enumerate() {
            let source = pattern.split('.').next().unwrap_or_default();
            if !after.catalog.sources.iter().any(|row| matches(source, row.name.as_str())) {
                let message = format!("there is no source '{source}', so nothing matches '{pattern}'");
                findings.push(Finding { warning: true, ..fatal(format!("servers[{index}].include[{item}]"), message) });
            }
        }
    }
    findings
}

/// The tools of an entry, in its order, so that paths of findings lead to them; then the others of the source.
pub(super) fn tools_in_order(entry: &SourceEntry, source: SourceId, after: &Rows) -> Vec<ToolRecord> {
    let of_source = || after.catalog.tools.iter().filter(|tool| tool.source == source);
    let named = |tool: &ToolRecord| entry.tools.iter().any(|named| named.name == tool.name);
    let first = entry.tools.iter().filter_map(|named| of_source().find(|tool| tool.name == named.name));
    first.chain(of_source().filter(|tool| !named(tool))).cloned().collect()
}
