//! A source whose system describes itself: what changed there, taken over without undoing what was edited here.

use puente_domain::{
    ToolId,
    catalog::{SourceRecord, ToolRecord},
};
use puente_sources::{Change, Synced, SyncedTool};
use puente_storage::{Transaction, Versioned};

use super::{
    edit::{check_clashes, with_settings},
    moved::{forget, moved},
};
use crate::{Action, Actor, Gateway, Result};

/// What a sync changes, or would change.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncReport {
    /// Tools, with what happens to them. Removed ones that somebody edited are disabled, not deleted.
    pub tools: Vec<SyncedTool>,
    /// Settings of the source that change.
    pub settings: Vec<String>,
    /// What could not be taken over, and why.
    pub problems: Vec<String>,
}

impl SyncReport {
    /// How many tools a change happens to.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.tools.iter().filter(|tool| tool.change == change).count()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.count(Change::Unchanged) == self.tools.len()
    }
}

impl Gateway {
    /// Reads the description of a source's system again and takes over what changed, all of it or nothing; with
    /// `dry_run` only says it.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound), [`Error::Source`](crate::Error::Source) if there is no description,
    /// [`Error::Invalid`](crate::Error::Invalid) if the tools would not work: nothing is written then.
    pub async fn source_sync(&self, actor: &Actor, name: &str, dry_run: bool) -> Result<SyncReport> {
        self.allow(actor, Action::EditCatalog, "sources/sync", name).await?;
        let (connector, definition) = self.definition_of(name, |_| true).await?;
        let synced = connector.sync(&definition).await?;
        let mut report = SyncReport {
            settings: synced.settings.keys().cloned().collect(),
            tools: synced.tools.clone(),
            problems: synced.problems.clone(),
        };
        if !dry_run && !report.is_empty() {
            let lost = self.take_over(actor, name, &synced, &report).await?;
            if lost > 0 {
                report.problems.push(format!(
                    "the document leads elsewhere now, so {lost} stored secrets were deleted: give them again with `puente \
                     secret set`, if they may go there"
                ));
            }
        }
        Ok(report)
    }

    /// Writes it. A document that leads elsewhere than the catalog did must not take the secrets along: they are deleted,
    /// and how many is returned.
    async fn take_over(&self, actor: &Actor, name: &str, synced: &Synced, report: &SyncReport) -> Result<usize> {
        let (source, tools, secrets) = {
            let mut transaction = self.storage.read().await?;
            let source = super::edit::find(&mut *transaction, name).await?;
            let tools = super::edit::tools_of(&mut *transaction, source.id).await?;
            (source, tools, self.load_secrets(&mut *transaction).await?)
        };
        let mut settings = source.settings.clone();
        settings.extend(synced.settings.clone());
        let after = SourceRecord { updated_at: self.clock.now(), ..with_settings(&source, settings, actor) };
        let steps = self.steps(&source, &tools, synced);
        let remaining: Vec<ToolRecord> =
            steps.iter().filter_map(Step::after).filter(|tool| tool.enabled).cloned().collect();
        let leads_elsewhere = source.settings.contains_key("base_url") && moved(&source, &after);
        let secrets = if leads_elsewhere { secrets.without(&source.name) } else { secrets };
        self.check_edit(&after, &remaining, &secrets).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        if after.settings != source.settings {
            edit.catalog().update_source(&after).await?;
        }
        for step in &steps {
            write(&mut *edit, step).await?;
        }
        check_clashes(&mut *edit).await?;
        let lost = if leads_elsewhere { forget(&mut *edit, &source.name).await? } else { 0 };
        let detail = format!(
            "{} added, {} changed, {} removed, {lost} secrets deleted",
            report.count(Change::Added),
            report.count(Change::Changed),
            report.count(Change::Removed)
        );
        edit.save("sources/sync", name, Some(detail)).await?;
        Ok(lost)
    }

    /// What happens to each row; untouched ones too, because all of them must work together.
    fn steps(&self, source: &SourceRecord, tools: &[ToolRecord], synced: &Synced) -> Vec<Step> {
        let change = |name: &str| synced.tools.iter().find(|tool| tool.name.as_str() == name);
        let mut steps: Vec<Step> = tools.iter().map(|row| self.step(row, change(row.name.as_str()))).collect();
        let added = synced.tools.iter().filter(|tool| tool.change == Change::Added);
        steps.extend(added.map(|tool| {
            Step::Add(ToolRecord {
                id: ToolId::new(),
                source: source.id,
                name: tool.name.clone(),
                description: tool.description.clone().unwrap_or_default(),
                settings: tool.settings.clone(),
                enabled: true,
                version: 1,
                updated_at: self.clock.now(),
            })
        }));
        steps
    }

    fn step(&self, row: &ToolRecord, change: Option<&SyncedTool>) -> Step {
        let mut next = ToolRecord { updated_at: self.clock.now(), ..row.clone() };
        match change {
            Some(tool) if tool.change == Change::Changed => {
                next.settings.extend(tool.settings.clone());
                next.description = tool.description.clone().unwrap_or(next.description);
                Step::Update(next)
            }
            Some(tool) if tool.change == Change::Removed && tool.has_local_edits => {
                if row.enabled {
                    Step::Update(ToolRecord { enabled: false, ..next })
                } else {
                    Step::Keep(row.clone())
                }
            }
            Some(tool) if tool.change == Change::Removed => Step::Remove(row.id),
            _ => Step::Keep(row.clone()),
        }
    }
}

enum Step {
    Add(ToolRecord),
    Update(ToolRecord),
    Keep(ToolRecord),
    Remove(ToolId),
}

impl Step {
    fn after(&self) -> Option<&ToolRecord> {
        match self {
            Self::Add(tool) | Self::Update(tool) | Self::Keep(tool) => Some(tool),
            Self::Remove(_) => None,
        }
    }
}

async fn write(transaction: &mut dyn Transaction, step: &Step) -> Result<()> {
    match step {
        Step::Add(tool) => transaction.catalog().add_tool(tool).await?,
        Step::Update(tool) => transaction.catalog().update_tool(tool).await?,
        Step::Remove(id) => {
            transaction.catalog().remove_tool(*id).await?;
        }
        Step::Keep(_) => {}
    }
    Ok(())
}
