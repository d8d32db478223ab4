//! An entry of the file beside its row.

use puente_domain::{
    Name, PromptId, ResourceId, ServerId, SourceId, ToolId,
    catalog::{Origin, PromptRecord, ResourceRecord, SourceRecord, ToolRecord},
    server::VirtualServer,
};

use super::{Planner, Step};
use crate::catalog::{
    apply::Change,
    file::{PromptEntry, ResourceEntry, ServerEntry, SourceEntry, ToolEntry},
};

impl Planner<'_> {
    pub(super) fn source(&self, entry: &SourceEntry) -> Step<SourceRecord> {
        let known = self.rows.catalog.sources.iter().find(|source| source.name == entry.name);
        let origin = match known {
            // What an editor repeats without a change stays the operator's.
            Some(known) if known.settings == entry.settings && known.kind == entry.kind => {
                if self.options.origin == Origin::Operator { Origin::Operator } else { known.origin }
            }
            _ => self.options.origin,
        };
        let record = SourceRecord {
            id: known.map_or_else(SourceId::new, |known| known.id),
            name: entry.name.clone(),
            kind: entry.kind,
            description: entry.description.clone(),
            settings: entry.settings.clone(),
            origin,
            enabled: entry.enabled,
            created_at: known.map_or(self.now, |known| known.created_at),
            updated_at: self.now,
            version: known.map_or(1, |known| known.version),
        };
        step(entry.name.to_string(), known, record, |a, b| {
            vec![
                ("type", a.kind == b.kind),
                ("description", a.description == b.description),
                ("enabled", a.enabled == b.enabled),
                ("settings", a.settings == b.settings),
                ("origin", a.origin == b.origin),
            ]
        })
    }

    pub(super) fn tool(&self, source: &Name, id: SourceId, entry: &ToolEntry) -> Step<ToolRecord> {
        let known = self.rows.catalog.tools.iter().find(|tool| tool.source == id && tool.name == entry.name);
        let record = ToolRecord {
            id: known.map_or_else(ToolId::new, |known| known.id),
            source: id,
            name: entry.name.clone(),
            description: entry.description.clone(),
            settings: entry.settings.clone(),
            enabled: entry.enabled,
            version: known.map_or(1, |known| known.version),
            updated_at: self.now,
        };
        step(format!("{source}.{}", entry.name), known, record, |a, b| {
            vec![
                ("description", a.description == b.description),
                ("enabled", a.enabled == b.enabled),
                ("settings", a.settings == b.settings),
            ]
        })
    }

    pub(super) fn prompt(&self, source: &Name, id: SourceId, entry: &PromptEntry) -> Step<PromptRecord> {
        let known = self.rows.catalog.prompts.iter().find(|prompt| prompt.source == id && prompt.name == entry.name);
        let record = PromptRecord {
            id: known.map_or_else(PromptId::new, |known| known.id),
            source: id,
            name: entry.name.clone(),
            description: entry.description.clone(),
            settings: entry.settings.clone(),
        };
        step(format!("{source}.{}", entry.name), known, record, |a, b| {
            vec![("description", a.description == b.description), ("settings", a.settings == b.settings)]
        })
    }

    pub(super) fn resource(&self, source: &Name, id: SourceId, entry: &ResourceEntry) -> Step<ResourceRecord> {
        let known =
            self.rows.catalog.resources.iter().find(|resource| resource.source == id && resource.name == entry.name);
        let record = ResourceRecord {
            id: known.map_or_else(ResourceId::new, |known| known.id),
            source: id,
            name: entry.name.clone(),
            uri: entry.uri.clone(),
            description: entry.description.clone(),
            settings: entry.settings.clone(),
        };
        step(format!("{source}.{}", entry.name), known, record, |a, b| {
            vec![
                ("uri", a.uri == b.uri),
                ("description", a.description == b.description),
                ("settings", a.settings == b.settings),
            ]
        })
    }

    pub(super) fn server(&self, entry: &ServerEntry) -> Step<VirtualServer> {
        let known = self.rows.servers.iter().map(|(server, _)| server).find(|server| server.name == entry.name);
        let record = VirtualServer {
            id: known.map_or_else(ServerId::new, |known| known.id),
            name: entry.name.clone(),
            description: entry.description.clone(),
            include: entry.include.clone(),
            exclude: entry.exclude.clone(),
            prefix: entry.prefix,
            discovery: entry.discovery,
            open: entry.open,
            enabled: entry.enabled,
            created_at: known.map_or(self.now, |known| known.created_at),
            updated_at: self.now,
            version: known.map_or(1, |known| known.version),
        };
        step(entry.name.to_string(), known, record, |a, b| {
            vec![
                ("description", a.description == b.description),
                ("include", a.include == b.include),
                ("exclude", a.exclude == b.exclude),
                ("prefix", a.prefix == b.prefix),
                ("discovery", a.discovery == b.discovery),
                ("open", a.open == b.open),
                ("enabled", a.enabled == b.enabled),
            ]
        })
    }
}

fn step<T>(
    name: String,
    known: Option<&T>,
    record: T,
    compare: impl Fn(&T, &T) -> Vec<(&'static str, bool)>,
) -> Step<T> {
    let Some(known) = known else { return Step { change: Change::Added, record, fields: Vec::new(), name } };
    let fields: Vec<&'static str> =
        compare(known, &record).into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect();
    let change = if fields.is_empty() { Change::Unchanged } else { Change::Changed };
    Step { change, record, fields, name }
}
