//! Reading the catalog's rows.

use puente_domain::catalog::{PromptRecord, ResourceRecord, SourceRecord, ToolRecord};
use puente_storage::{Page, Slice, ToolFilter};

use super::{sources::find, tools::find_tool};
use crate::{Action, Actor, Gateway, Result};

impl Gateway {
    /// Sources by name. Their settings hold references, never secrets.
    pub async fn sources(&self, actor: &Actor, search: Option<&str>, page: &Page) -> Result<Slice<SourceRecord>> {
        self.allow(actor, Action::ReadCatalog, "sources/list", "").await?;
        Ok(self.storage.read().await?.catalog().sources(search, page).await?)
    }

    /// A source.
    pub async fn source(&self, actor: &Actor, name: &str) -> Result<SourceRecord> {
        self.allow(actor, Action::ReadCatalog, "sources/get", name).await?;
        find(&mut *self.storage.read().await?, name).await
    }

    /// Tools of a source or of all, oldest first.
    pub async fn tools(
        &self,
        actor: &Actor,
        source: Option<&str>,
        search: Option<String>,
        page: &Page,
    ) -> Result<Slice<ToolRecord>> {
        self.allow(actor, Action::ReadCatalog, "tools/list", "").await?;
        let mut transaction = self.storage.read().await?;
        let source = match source {
            Some(name) => Some(find(&mut *transaction, name).await?.id),
            None => None,
        };
        Ok(transaction.catalog().tools(&ToolFilter { source, search }, page).await?)
    }

    /// A tool.
    pub async fn tool(&self, actor: &Actor, source: &str, name: &str) -> Result<ToolRecord> {
        self.allow(actor, Action::ReadCatalog, "tools/get", name).await?;
        find_tool(&mut *self.storage.read().await?, source, name).await
    }

    /// The prompts and static resources of a source.
    pub async fn prompts_and_resources(
        &self,
        actor: &Actor,
        source: &str,
    ) -> Result<(Vec<PromptRecord>, Vec<ResourceRecord>)> {
        self.allow(actor, Action::ReadCatalog, "prompts/list", source).await?;
        let mut transaction = self.storage.read().await?;
        let source = find(&mut *transaction, source).await?;
        let rows = transaction.catalog().load().await?;
        let prompts = rows.prompts.into_iter().filter(|prompt| prompt.source == source.id).collect();
        Ok((prompts, rows.resources.into_iter().filter(|resource| resource.source == source.id).collect()))
    }
}
