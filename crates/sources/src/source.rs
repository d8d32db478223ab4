//! The trait that every connected system implements.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use puente_domain::Principal;
use puente_mcp::{Client, Inputs, McpError, Outcome, ToolResult};
use rmcp::model::{CompletionInfo, GetPromptResult, ReadResourceResult, Reference};
use serde_json::{Map, Value};
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{Offer, SourceError};

/// A call of a tool, validated against its schema.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The tool, by the source's own name.
    pub tool: &'a str,
    /// Valid against the tool's input schema.
    pub arguments: &'a Map<String, Value>,
    /// From earlier rounds; empty at first.
    pub inputs: &'a Inputs,
    /// Who calls.
    pub principal: &'a Principal,
    /// The client: progress, log, era and capabilities.
    pub client: &'a Client,
    /// Cancelled when the caller gives up. The source stops the work *inside* the system.
    pub cancel: &'a CancellationToken,
    /// When the source must have stopped the work inside the system, and answered.
    pub deadline: Instant,
    /// Stop reading beyond this, and fail with [`SourceError::TooLarge`].
    pub max_bytes: usize,
}

/// `resources/read`, by the source's own URI.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// The URI.
    pub uri: &'a str,
    /// See [`Call::inputs`].
    pub inputs: &'a Inputs,
    /// Who reads.
    pub principal: &'a Principal,
    /// See [`Call::client`].
    pub client: &'a Client,
    /// See [`Call::cancel`].
    pub cancel: &'a CancellationToken,
    /// See [`Call::deadline`].
    pub deadline: Instant,
}

/// `prompts/get`, by the source's own name.
#[derive(Clone, Debug)]
pub struct Prompt<'a> {
    /// The prompt.
    pub name: &'a str,
    /// Its arguments, all strings.
    pub arguments: &'a Map<String, Value>,
    /// See [`Call::inputs`].
    pub inputs: &'a Inputs,
    /// Who asks.
    pub principal: &'a Principal,
    /// See [`Call::client`].
    pub client: &'a Client,
    /// See [`Call::cancel`].
    pub cancel: &'a CancellationToken,
    /// See [`Call::deadline`].
    pub deadline: Instant,
}

/// `completion/complete`.
#[derive(Clone, Debug)]
pub struct Completion<'a> {
    /// The prompt or template, by the source's own name or URI.
    pub reference: &'a Reference,
    /// The argument to complete.
    pub argument: &'a str,
    /// What was typed so far.
    pub value: &'a str,
    /// Arguments that are already known.
    pub context: &'a Map<String, Value>,
    /// Who asks.
    pub principal: &'a Principal,
}

/// Something that happened in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceEvent {
    /// A resource changed; by the source's own URI.
    ResourceUpdated {
        /// The URI.
        uri: String,
    },
}

/// The answer to [`Source::test`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What answered: `PostgreSQL 16.4`, …
    pub system: String,
    /// How long it took.
    pub took: Duration,
    /// What a careful administrator would change: a superuser, no TLS, …
    pub warnings: Vec<String>,
}

/// A connected business system.
///
/// Errors of the system are [`SourceError`]s; the gateway makes tool errors of them. A source keeps its connections warm
/// and lives until [`Source::close`].
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// What it offers now. Cheap.
    fn offer(&self) -> Arc<Offer>;

    /// Marked as changed with every new offer.
    fn changes(&self) -> watch::Receiver<()>;

    /// Changed resources and the like; `None` if the source never tells.
    fn events(&self) -> Option<broadcast::Receiver<SourceEvent>> {
        None
    }

    /// Somebody wants to hear of changes of this resource, by the source's own URI, through [`Source::events`]. Returns
    /// once the system tells them. Most sources tell of every change anyway.
    async fn watch(&self, uri: &str) {
        let _ = uri;
    }

    /// Calls a tool.
    async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError>;

    /// Reads a resource.
    async fn read(&self, read: Read<'_>) -> Result<Outcome<ReadResourceResult>, SourceError> {
        Err(McpError::UnknownResource(read.uri.to_owned()).into())
    }

    /// Renders a prompt.
    async fn prompt(&self, prompt: Prompt<'_>) -> Result<Outcome<GetPromptResult>, SourceError> {
        Err(McpError::UnknownPrompt(prompt.name.to_owned()).into())
    }

    /// Completes an argument.
    async fn complete(&self, completion: Completion<'_>) -> Result<CompletionInfo, SourceError> {
        let _ = completion;
        Ok(CompletionInfo::default())
    }

    /// Asks the system whether it is there, within `timeout`.
    async fn test(&self, timeout: Duration) -> Result<Checked, SourceError>;

    /// Ends its connections; calls that still run are cancelled.
    async fn close(&self);
}
