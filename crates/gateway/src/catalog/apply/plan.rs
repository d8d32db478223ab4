//! Compares a file with the rows: what is to be written.

use std::collections::HashMap;

use puente_domain::{
    GrantId, Name, PromptId, ResourceId, ServerId, SourceId, Subject, Timestamp, ToolId,
    catalog::{Origin, PromptRecord, ResourceRecord, SourceRecord, ToolRecord},
    server::{Grant, Grantee, VirtualServer},
};
use puente_storage::Transaction;

use super::{ApplyOptions, Change, Diff, DiffEntry};
use crate::{
    Gateway, Result,
    admin::refer,
    catalog::{
        Rows,
        file::{CatalogFile, PromptEntry, ResourceEntry, ServerEntry, SourceEntry, ToolEntry},
        moved::moved,
    },
};

/// A row and what happens to it.
pub(super) struct Step<T> {
    pub(super) change: Change,
    pub(super) record: T,
    fields: Vec<&'static str>,
    /// For people.
    name: String,
}

/// Grants of a virtual server as the file says, by the names in the file.
pub(super) type Grants = HashMap<Name, Vec<(String, Grantee)>>;

/// Everything that an apply writes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) sources: Vec<Step<SourceRecord>>,
    pub(super) tools: Vec<Step<ToolRecord>>,
    pub(super) prompts: Vec<Step<PromptRecord>>,
    pub(super) resources: Vec<Step<ResourceRecord>>,
    pub(super) servers: Vec<Step<VirtualServer>>,
    pub(super) grants: Vec<Step<Grant>>,
    /// Sources that connect elsewhere than before, as their new author is not the operator.
    pub(super) moved: Vec<Name>,
}

impl Gateway {
    /// Compares the file with what the transaction sees.
    pub(super) async fn plan(
        &self,
        transaction: &mut dyn Transaction,
        file: &CatalogFile,
        options: ApplyOptions,
    ) -> Result<Plan> {
        let rows = Rows::load(transaction).await?;
        let mut grants = Grants::new();
        for server in &file.servers {
            let Some(texts) = &server.grants else { continue };
            let mut resolved = Vec::with_capacity(texts.len());
            for text in texts {
                resolved.push((text.clone(), refer::grantee(transaction, text).await?));
            }
            grants.insert(server.name.clone(), resolved);
        }
        let planner = Planner { rows: &rows, options, now: self.clock.now() };
        let mut plan = planner.plan(file, &grants);
        for step in plan.grants.iter_mut().filter(|step| step.name.is_empty()) {
            step.name = refer::name_grantee(transaction, step.record.grantee).await?;
        }
        Ok(plan)
    }
}

struct Planner<'a> {
    rows: &'a Rows,
    options: ApplyOptions,
    now: Timestamp,
}

impl Planner<'_> {
    fn plan(&self, file: &CatalogFile, grants: &Grants) -> Plan {
        let mut plan = Plan::default();
        for entry in &file.sources {
            let source = self.source(entry);
            let id = source.record.id;
            if self.moves(&source.record) {
                plan.moved.push(source.record.name.clone());
            }
            plan.tools.extend(entry.tools.iter().map(|tool| self.tool(&entry.name, id, tool)));
            plan.prompts.extend(entry.prompts.iter().map(|prompt| self.prompt(&entry.name, id, prompt)));
            plan.resources.extend(entry.resources.iter().map(|resource| self.resource(&entry.name, id, resource)));
            plan.sources.push(source);
        }
        for entry in &file.servers {
            let server = self.server(entry);
            if let Some(wanted) = grants.get(&entry.name) {
                plan.grants.extend(self.grants(&server.record, wanted));
            }
            plan.servers.push(server);
        }
        self.add_rest(&mut plan);
        plan
    }

    fn moves(&self, after: &SourceRecord) -> bool {
        let known = self.rows.catalog.sources.iter().find(|source| source.id == after.id);
        self.options.origin == Origin::Editor && known.is_some_and(|before| moved(before, after))
    }

    fn source(&self, entry: &SourceEntry) -> Step<SourceRecord> {
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

    fn tool(&self, source: &Name, id: SourceId, entry: &ToolEntry) -> Step<ToolRecord> {
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

    fn prompt(&self, source: &Name, id: SourceId, entry: &PromptEntry) -> Step<PromptRecord> {
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

    fn resource(&self, source: &Name, id: SourceId, entry: &ResourceEntry) -> Step<ResourceRecord> {
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

    fn server(&self, entry: &ServerEntry) -> Step<VirtualServer> {
        let known = self.rows.servers.iter().map(|(server, _)| server).find(|server| server.name == entry.name);
        let record = VirtualServer {
            id: known.map_or_else(ServerId::new, |known| known.id),
            name: entry.name.clone(),
            description: entry.description.clone(),
            include: entry.include.clone(),
            exclude: entry.exclude.clone(),
            prefix: entry.prefix,
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
                ("open", a.open == b.open),
                ("enabled", a.enabled == b.enabled),
            ]
        })
    }

    /// Grants that a server's entry names are added; others are deleted only with `--prune`. Those to keys are left alone
    /// even then, unless the entry names keys: keys belong to an installation, files go from one to the other.
    fn grants(&self, server: &VirtualServer, wanted: &[(String, Grantee)]) -> Vec<Step<Grant>> {
        let granted = self.rows.servers.iter().find(|(known, _)| known.id == server.id).map(|(_, granted)| granted);
        let granted = granted.map_or(&[][..], |granted| &granted[..]);
        let grant = |grantee| Grant { id: GrantId::new(), server: server.id, grantee, created_at: self.now };
        let mut steps: Vec<Step<Grant>> = Vec::new();
        for (text, grantee) in wanted {
            if steps.iter().any(|step| step.record.grantee == *grantee) {
                continue;
            }
            let change = if granted.contains(grantee) { Change::Unchanged } else { Change::Added };
            let name = format!("{} {text}", server.name);
            steps.push(Step { change, record: grant(*grantee), fields: Vec::new(), name });
        }
        let rest = granted.iter().filter(|grantee| !wanted.iter().any(|(_, wanted)| wanted == *grantee));
        let names_keys = wanted.iter().any(|(_, grantee)| matches!(grantee, Grantee::Subject(Subject::Key(_))));
        let change = |grantee: &Grantee| match grantee {
            Grantee::Subject(Subject::Key(_)) if !names_keys => Change::Kept,
            _ => self.rest(),
        };
        steps.extend(rest.map(|grantee| Step {
            change: change(grantee),
            record: grant(*grantee),
            fields: Vec::new(),
            name: String::new(),
        }));
        steps
    }

    const fn rest(&self) -> Change {
        if self.options.prune { Change::Removed } else { Change::Kept }
    }

    /// What the file does not name.
    fn add_rest(&self, plan: &mut Plan) {
        let name = |id| self.rows.catalog.sources.iter().find(|source| source.id == id).map(|source| &source.name);
        let below = |id, own: &Name| name(id).map_or_else(String::new, |source| format!("{source}.{own}"));
        let change = self.rest();
        rest(&mut plan.sources, &self.rows.catalog.sources, change, |row| row.id, |row| row.name.to_string());
        rest(&mut plan.tools, &self.rows.catalog.tools, change, |row| row.id, |row| below(row.source, &row.name));
        rest(&mut plan.prompts, &self.rows.catalog.prompts, change, |row| row.id, |row| below(row.source, &row.name));
        rest(
            &mut plan.resources,
            &self.rows.catalog.resources,
            change,
            |row| row.id,
            |row| below(row.source, &row.name),
        );
        let servers: Vec<VirtualServer> = self.rows.servers.iter().map(|(server, _)| server.clone()).collect();
        rest(&mut plan.servers, &servers, change, |row| row.id, |row| row.name.to_string());
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

fn rest<T: Clone, I: PartialEq>(
    steps: &mut Vec<Step<T>>,
    rows: &[T],
    change: Change,
    id: impl Fn(&T) -> I,
    name: impl Fn(&T) -> String,
) {
    for row in rows {
        if !steps.iter().any(|step| id(&step.record) == id(row)) {
            steps.push(Step { change, record: row.clone(), fields: Vec::new(), name: name(row) });
        }
    }
}

impl<T> Step<T> {
    fn entry(&self, kind: &'static str) -> DiffEntry {
        let fields = self.fields.iter().map(|field| (*field).to_owned()).collect();
        DiffEntry { change: self.change, kind, name: self.name.clone(), fields }
    }
}

impl Plan {
    /// For people.
    pub(super) fn diff(&self) -> Diff {
        let mut entries: Vec<DiffEntry> = Vec::new();
        entries.extend(self.sources.iter().map(|step| step.entry("source")));
        entries.extend(self.tools.iter().map(|step| step.entry("tool")));
        entries.extend(self.prompts.iter().map(|step| step.entry("prompt")));
        entries.extend(self.resources.iter().map(|step| step.entry("resource")));
        entries.extend(self.servers.iter().map(|step| step.entry("server")));
        entries.extend(self.grants.iter().map(|step| step.entry("grant")));
        Diff { entries, warnings: Vec::new() }
    }

    /// The catalog as it will be; without versions and grants.
    pub(super) fn after(&self) -> Rows {
        fn left<T: Clone>(steps: &[Step<T>]) -> Vec<T> {
            steps.iter().filter(|step| step.change != Change::Removed).map(|step| step.record.clone()).collect()
        }
        let mut rows = Rows::default();
        rows.catalog.sources = left(&self.sources);
        rows.catalog.tools = left(&self.tools);
        rows.catalog.prompts = left(&self.prompts);
        rows.catalog.resources = left(&self.resources);
        rows.servers = left(&self.servers).into_iter().map(|server| (server, Vec::new())).collect();
        rows
    }
}
