//! The entries of a catalog file, and how they are read.

use puente_domain::{Name, catalog::SourceKind, server::Discovery};
use serde_json::{Map, Value};

use super::fields::{Fields, finding};
use crate::Finding;

/// A catalog file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogFile {
    /// Connected systems with what they offer.
    pub sources: Vec<SourceEntry>,
    /// Virtual servers.
    pub servers: Vec<ServerEntry>,
}

/// A source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceEntry {
    /// Unique.
    pub name: Name,
    /// `type` in the file.
    pub kind: SourceKind,
    /// For people.
    pub description: String,
    /// A disabled source offers nothing.
    pub enabled: bool,
    /// Everything that depends on the kind.
    pub settings: Map<String, Value>,
    /// Its tools.
    pub tools: Vec<ToolEntry>,
    /// Its prompts.
    pub prompts: Vec<PromptEntry>,
    /// Its static resources.
    pub resources: Vec<ResourceEntry>,
}

/// A tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolEntry {
    /// Unique within its source.
    pub name: Name,
    /// For agents.
    pub description: String,
    /// A disabled tool is not offered.
    pub enabled: bool,
    /// Everything else.
    pub settings: Map<String, Value>,
}

/// A prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptEntry {
    /// Unique within its source.
    pub name: Name,
    /// For agents.
    pub description: String,
    /// `title`, `arguments`, `messages`.
    pub settings: Map<String, Value>,
}

/// A static resource.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceEntry {
    /// Unique within its source.
    pub name: Name,
    /// Unique in the catalog.
    pub uri: String,
    /// For agents.
    pub description: String,
    /// `title`, `mime_type`, `text`.
    pub settings: Map<String, Value>,
}

/// A virtual server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerEntry {
    /// Unique.
    pub name: Name,
    /// For people and agents.
    pub description: String,
    /// Patterns over `source.tool`.
    pub include: Vec<String>,
    /// Patterns that take away.
    pub exclude: Vec<String>,
    /// Whether clients see `source_tool` or `tool`.
    pub prefix: bool,
    /// How clients find its tools.
    pub discovery: Discovery,
    /// Whether a caller needs no token.
    pub open: bool,
    /// Whether it is served.
    pub enabled: bool,
    /// `role:member`, `team:finance`, `user:ana@example.com`, `key:agent`; `None` if the file does not say.
    pub grants: Option<Vec<String>>,
}

pub(super) fn read(value: Value, findings: &mut Vec<Finding>) -> CatalogFile {
    let mut file = CatalogFile::default();
    if value.is_null() {
        return file;
    }
    let Some(mut fields) = Fields::of(value, String::new(), findings) else { return file };
    for (path, item) in fields.list("sources") {
        file.sources.extend(fields.below(path, item).and_then(source));
    }
    for (path, item) in fields.list("servers") {
        file.servers.extend(fields.below(path, item).and_then(server));
    }
    fields.deny_rest("sources and servers");
    file
}

fn source(mut fields: Fields<'_>) -> Option<SourceEntry> {
    let (name, kind) = (fields.required("name"), fields.required("type"));
    let description = fields.text("description").unwrap_or_default();
    let enabled = fields.flag("enabled", true);
    let mut tools = Vec::new();
    for (path, item) in fields.list("tools") {
        tools.extend(fields.below(path, item).and_then(tool));
    }
    let mut prompts = Vec::new();
    for (path, item) in fields.list("prompts") {
        prompts.extend(fields.below(path, item).and_then(prompt));
    }
    let mut resources = Vec::new();
    for (path, item) in fields.list("resources") {
        resources.extend(fields.below(path, item).and_then(resource));
    }
    let settings = fields.rest();
    Some(SourceEntry { name: name?, kind: kind?, description, enabled, settings, tools, prompts, resources })
}

fn tool(mut fields: Fields<'_>) -> Option<ToolEntry> {
    let name = fields.required("name");
    let description = fields.text("description").unwrap_or_default();
    let enabled = fields.flag("enabled", true);
    Some(ToolEntry { name: name?, description, enabled, settings: fields.rest() })
}

fn prompt(mut fields: Fields<'_>) -> Option<PromptEntry> {
    let name = fields.required("name");
    let description = fields.text("description").unwrap_or_default();
    Some(PromptEntry { name: name?, description, settings: fields.rest() })
}

fn resource(mut fields: Fields<'_>) -> Option<ResourceEntry> {
    let (name, uri) = (fields.required("name"), fields.required("uri"));
    let description = fields.text("description").unwrap_or_default();
    Some(ResourceEntry { name: name?, uri: uri?, description, settings: fields.rest() })
}

fn server(mut fields: Fields<'_>) -> Option<ServerEntry> {
    let name = fields.required("name");
    let description = fields.text("description").unwrap_or_default();
    let (include, exclude) = (fields.texts("include"), fields.texts("exclude"));
    let (prefix, open, enabled) =
        (fields.flag("prefix", true), fields.flag("open", false), fields.flag("enabled", true));
    let discovery = fields.parsed("discovery").unwrap_or_default();
    let grants = fields.has("grants").then(|| fields.texts("grants"));
    fields.deny_rest("name, description, include, exclude, prefix, discovery, open, enabled and grants");
    Some(ServerEntry { name: name?, description, include, exclude, prefix, discovery, open, enabled, grants })
}

/// Notes names that two entries share.
pub(crate) fn duplicates<'a>(
    names: impl Iterator<Item = &'a str>,
    path: impl Fn(usize) -> String,
    what: &str,
) -> Vec<Finding> {
    let mut seen = std::collections::HashMap::new();
    let mut findings = Vec::new();
    for (index, name) in names.enumerate() {
        if let Some(first) = seen.insert(name, index) {
            findings.push(finding(path(index), format!("there is already a {what} '{name}' at {}", path(first))));
        }
    }
    findings
}
