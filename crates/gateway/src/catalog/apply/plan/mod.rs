//! Compares a file with the rows: what is to be written.

mod grants;
mod records;
mod rest;

use std::collections::HashMap;

use puente_domain::{
    Name, Timestamp,
    catalog::{Origin, PromptRecord, ResourceRecord, SourceRecord, ToolRecord},
    server::{Grant, Grantee, VirtualServer},
};
use puente_storage::Transaction;

use super::{ApplyOptions, Change, Diff, DiffEntry};
use crate::{
    Gateway, Result,
    admin::refer,
    catalog::{Rows, file::CatalogFile, moved::moved},
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
