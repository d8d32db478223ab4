//! Prompts and static resources, one at a time.

use puente_domain::{
    PromptId, ResourceId,
    catalog::{PromptRecord, ResourceRecord},
};
use puente_storage::Versioned;

use super::{check_clashes, sources::find};
use crate::{
    Action, Actor, Error, Gateway, Result,
    catalog::{
        file::{PromptEntry, ResourceEntry},
        prompts::StaticPrompt,
        resources::StaticResource,
    },
};

impl Gateway {
    /// Adds a prompt to a source, or replaces the one of its name.
    pub async fn put_prompt(&self, actor: &Actor, source: &str, entry: PromptEntry) -> Result<PromptRecord> {
        let target = format!("{source}.{}", entry.name);
        self.allow(actor, Action::EditCatalog, "prompts/put", &target).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let source = find(&mut *edit, source).await?.id;
        let known = edit.catalog().load().await?.prompts;
        let known = known.into_iter().find(|prompt| prompt.source == source && prompt.name == entry.name);
        let PromptEntry { name, description, settings } = entry;
        let id = known.map_or_else(PromptId::new, |known| known.id);
        let record = PromptRecord { id, source, name, description, settings };
        StaticPrompt::parse(&record).map_err(|problem| Error::invalid("", problem))?;
        edit.catalog().put_prompt(&record).await?;
        check_clashes(&mut *edit).await?;
        edit.save("prompts/put", &target, None).await?;
        Ok(record)
    }

    /// Deletes a prompt.
    pub async fn delete_prompt(&self, actor: &Actor, source: &str, name: &str) -> Result<()> {
        let target = format!("{source}.{name}");
        self.allow(actor, Action::EditCatalog, "prompts/delete", &target).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let source = find(&mut *edit, source).await?.id;
        let known = edit.catalog().load().await?.prompts;
        let known = known.into_iter().find(|prompt| prompt.source == source && prompt.name.as_str() == name);
        let known = known.ok_or_else(|| Error::not_found("prompt", &target))?;
        edit.catalog().remove_prompt(known.id).await?;
        edit.save("prompts/delete", &target, None).await
    }

    /// Adds a static resource to a source, or replaces the one of its name.
    pub async fn put_resource(&self, actor: &Actor, source: &str, entry: ResourceEntry) -> Result<ResourceRecord> {
        let target = format!("{source}.{}", entry.name);
        self.allow(actor, Action::EditCatalog, "resources/put", &target).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let source = find(&mut *edit, source).await?.id;
        let known = edit.catalog().load().await?.resources;
        let known = known.into_iter().find(|resource| resource.source == source && resource.name == entry.name);
        let ResourceEntry { name, uri, description, settings } = entry;
        let id = known.map_or_else(ResourceId::new, |known| known.id);
        let record = ResourceRecord { id, source, name, uri, description, settings };
        StaticResource::parse(&record).map_err(|problem| Error::invalid("", problem))?;
        edit.catalog().put_resource(&record).await?;
        edit.save("resources/put", &target, None).await?;
        Ok(record)
    }

    /// Deletes a static resource.
    pub async fn delete_resource(&self, actor: &Actor, source: &str, name: &str) -> Result<()> {
        let target = format!("{source}.{name}");
        self.allow(actor, Action::EditCatalog, "resources/delete", &target).await?;
        let mut edit = self.edit(actor, Versioned::Catalog).await?;
        let source = find(&mut *edit, source).await?.id;
        let known = edit.catalog().load().await?.resources;
        let known = known.into_iter().find(|resource| resource.source == source && resource.name.as_str() == name);
        let known = known.ok_or_else(|| Error::not_found("resource", &target))?;
        edit.catalog().remove_resource(known.id).await?;
        edit.save("resources/delete", &target, None).await
    }
}
