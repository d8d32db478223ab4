//! The catalog: [`CatalogRepository`] over the four files that hold its tables.

use async_trait::async_trait;
use puente_domain::{
    PromptId, ResourceId, SourceId, ToolId,
    catalog::{PromptRecord, ResourceRecord, SourceRecord, ToolRecord},
};
use puente_storage::{CatalogRepository, CatalogRows, Page, Result, Slice, ToolFilter};

use super::SqlTransaction;

#[async_trait]
impl CatalogRepository for SqlTransaction {
    async fn load(&mut self) -> Result<CatalogRows> {
        Ok(CatalogRows {
            sources: self.all_sources().await?,
            tools: self.all_tools().await?,
            prompts: self.all_prompts().await?,
            resources: self.all_resources().await?,
        })
    }

    async fn source(&mut self, id: SourceId) -> Result<Option<SourceRecord>> {
        self.source_by_id(id).await
    }

    async fn source_by_name(&mut self, name: &str) -> Result<Option<SourceRecord>> {
        self.source_named(name).await
    }

    async fn sources(&mut self, search: Option<&str>, page: &Page) -> Result<Slice<SourceRecord>> {
        self.source_page(search, page).await
    }

    async fn add_source(&mut self, source: &SourceRecord) -> Result<()> {
        self.insert_source(source).await
    }

    async fn update_source(&mut self, source: &SourceRecord) -> Result<()> {
        self.rewrite_source(source).await
    }

    async fn remove_source(&mut self, id: SourceId) -> Result<bool> {
        self.delete_source(id).await
    }

    async fn tool(&mut self, id: ToolId) -> Result<Option<ToolRecord>> {
        self.tool_by_id(id).await
    }

    async fn tools(&mut self, filter: &ToolFilter, page: &Page) -> Result<Slice<ToolRecord>> {
        self.tool_page(filter, page).await
    }

    async fn add_tool(&mut self, tool: &ToolRecord) -> Result<()> {
        self.insert_tool(tool).await
    }

    async fn update_tool(&mut self, tool: &ToolRecord) -> Result<()> {
        self.rewrite_tool(tool).await
    }

    async fn remove_tool(&mut self, id: ToolId) -> Result<bool> {
        self.delete_tool(id).await
    }

    async fn put_prompt(&mut self, prompt: &PromptRecord) -> Result<()> {
        self.upsert_prompt(prompt).await
    }

    async fn remove_prompt(&mut self, id: PromptId) -> Result<bool> {
        self.delete_prompt(id).await
    }

    async fn put_resource(&mut self, resource: &ResourceRecord) -> Result<()> {
        self.upsert_resource(resource).await
    }

    async fn remove_resource(&mut self, id: ResourceId) -> Result<bool> {
        self.delete_resource(id).await
    }
}
