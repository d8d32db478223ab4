//! Tools, one at a time.

use puente_domain::{Name, ToolId, catalog::ToolRecord};
use puente_storage::{Transaction, Versioned};
use serde_json::{Map, Value};

use super::{check_clashes, sources::find, tools_of};
use crate::{Action, Actor, Error, Gateway, Result, admin::edit::at_version};

/// A tool that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTool {
    /// Unique within its source.
    pub name: Name,
    /// For agents.
    pub description: String,
    /// Everything else, as in the catalog file.
    pub settings: Map<String, Value>,
    /// A disabled tool is not offered.
    pub enabled: bool,
}

/// What is to be different; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolChange {
    /// For agents.
    pub description: Option<String>,
    /// All of the settings.
    pub settings: Option<Map<String, Value>>,
    /// Whether it is offered.
    pub enabled: Option<bool>,
}

impl Gateway {
    /// Adds a tool to a source.
    pub async fn create_tool(&self, actor: &Actor, source: &str, new: NewTool) -> Result<ToolRecord> {
        let target = format!("{source}.{}", new.name);
        self.allow(actor, Action::EditCatalog, "tools/create", &target).await?;
        let NewTool { name, description, settings, enabled } = new;
        let source = find(&mut *self.storage.read().await?, source).await?;
        let tool = ToolRecord {
            id: ToolId::new(),
            source: source.id,
            name,
            description,
            settings,
            enabled,
            version: 1,
            updated_at: self.clock.now(),
        };
        self.check_tool(&tool).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.catalog().add_tool(&tool).await?;
        check_clashes(&mut *edit).await?;
        edit.save("tools/create", &target, None).await?;
        Ok(tool)
    }

    /// Changes a tool at the version its editor saw.
    pub async fn update_tool(
        &self,
        actor: &Actor,
        source: &str,
        name: &str,
        change: ToolChange,
        seen: Option<i64>,
    ) -> Result<ToolRecord> {
        let target = format!("{source}.{name}");
        self.allow(actor, Action::EditCatalog, "tools/update", &target).await?;
        let before = find_tool(&mut *self.storage.read().await?, source, name).await?;
        at_version(seen, before.version, "tool")?;
        let after = ToolRecord {
            description: change.description.unwrap_or_else(|| before.description.clone()),
            settings: change.settings.unwrap_or_else(|| before.settings.clone()),
            enabled: change.enabled.unwrap_or(before.enabled),
            updated_at: self.clock.now(),
            ..before
        };
        self.check_tool(&after).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        edit.catalog().update_tool(&after).await?;
        check_clashes(&mut *edit).await?;
        edit.save("tools/update", &target, None).await?;
        Ok(ToolRecord { version: after.version + 1, ..after })
    }

    /// Deletes a tool.
    pub async fn delete_tool(&self, actor: &Actor, source: &str, name: &str, seen: Option<i64>) -> Result<()> {
        let target = format!("{source}.{name}");
        self.allow(actor, Action::EditCatalog, "tools/delete", &target).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let tool = find_tool(&mut *edit, source, name).await?;
        at_version(seen, tool.version, "tool")?;
        edit.catalog().remove_tool(tool.id).await?;
        edit.save("tools/delete", &target, None).await
    }

    /// Checks a tool alone: what is wrong with its neighbours is not its editor's business.
    async fn check_tool(&self, tool: &ToolRecord) -> Result<()> {
        let (source, secrets) = {
            let mut transaction = self.storage.read().await?;
            let source = transaction.catalog().source(tool.source).await?;
            let source = source.ok_or_else(|| Error::not_found("source", tool.source.to_string()))?;
            (source, self.load_secrets(&mut *transaction).await?)
        };
        self.check_edit(&source, std::slice::from_ref(tool), &secrets).await.map_err(|error| match error {
            Error::Invalid(findings) => Error::Invalid(
                findings
                    .into_iter()
                    .map(|mut finding| {
                        let path = finding.path.strip_prefix("tools[0]").map(|path| path.trim_start_matches('.'));
                        finding.path = path.map_or_else(|| format!("source.{}", finding.path), ToOwned::to_owned);
                        finding
                    })
                    .collect(),
            ),
            other => other,
        })
    }
}

pub(super) async fn find_tool(transaction: &mut dyn Transaction, source: &str, name: &str) -> Result<ToolRecord> {
    let source = find(transaction, source).await?;
    let tools = tools_of(transaction, source.id).await?;
    tools
        .into_iter()
        .find(|tool| tool.name.as_str() == name)
        .ok_or_else(|| Error::not_found("tool", format!("{}.{name}", source.name)))
}
