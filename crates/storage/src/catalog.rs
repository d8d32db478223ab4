//! Sources and what they offer.

use async_trait::async_trait;
use puente_domain::{
    PromptId, ResourceId, SourceId, ToolId,
    catalog::{PromptRecord, ResourceRecord, SourceRecord, ToolRecord},
};

use crate::{Page, Result, Slice};

/// The whole catalog at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogRows {
    /// By name.
    pub sources: Vec<SourceRecord>,
    /// By source and name.
    pub tools: Vec<ToolRecord>,
    /// By source and name.
    pub prompts: Vec<PromptRecord>,
    /// By source and name.
    pub resources: Vec<ResourceRecord>,
}

/// Which tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolFilter {
    /// Of this source only.
    pub source: Option<SourceId>,
    /// A part of name or description, whatever the case.
    pub search: Option<String>,
}

/// Sources, tools, prompts and static resources. Every write counts the catalog's version up (see
/// [`VersionRepository`](crate::VersionRepository)) in the same transaction; the caller does that once, at its end.
#[async_trait]
pub trait CatalogRepository: Send {
    /// Everything, to build the catalog in memory.
    async fn load(&mut self) -> Result<CatalogRows>;

    /// By id.
    async fn source(&mut self, id: SourceId) -> Result<Option<SourceRecord>>;
    /// By name.
    async fn source_by_name(&mut self, name: &str) -> Result<Option<SourceRecord>>;
    /// By name in byte order; `search` matches a part of name or description, whatever the case.
    async fn sources(&mut self, search: Option<&str>, page: &Page) -> Result<Slice<SourceRecord>>;
    /// Adds one. Conflict: `sources.name`.
    async fn add_source(&mut self, source: &SourceRecord) -> Result<()>;
    /// Writes everything but id and creation; counts the version up.
    async fn update_source(&mut self, source: &SourceRecord) -> Result<()>;
    /// Deletes with all it offers; false if there was none.
    async fn remove_source(&mut self, id: SourceId) -> Result<bool>;

    /// By id.
    async fn tool(&mut self, id: ToolId) -> Result<Option<ToolRecord>>;
    /// By id (creation) order.
    async fn tools(&mut self, filter: &ToolFilter, page: &Page) -> Result<Slice<ToolRecord>>;
    /// Adds one. Conflict: `tools.name`. Missing: `tools.source`.
    async fn add_tool(&mut self, tool: &ToolRecord) -> Result<()>;
    /// Writes everything but id and source; counts the version up.
    async fn update_tool(&mut self, tool: &ToolRecord) -> Result<()>;
    /// Deletes; false if there was none.
    async fn remove_tool(&mut self, id: ToolId) -> Result<bool>;

    /// Adds or replaces by id. Conflict: `prompts.name`.
    async fn put_prompt(&mut self, prompt: &PromptRecord) -> Result<()>;
    /// Deletes; false if there was none.
    async fn remove_prompt(&mut self, id: PromptId) -> Result<bool>;
    /// Adds or replaces by id. Conflict: `resources.name`, `resources.uri`.
    async fn put_resource(&mut self, resource: &ResourceRecord) -> Result<()>;
    /// Deletes; false if there was none.
    async fn remove_resource(&mut self, id: ResourceId) -> Result<bool>;
}
