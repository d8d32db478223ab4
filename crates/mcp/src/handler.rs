//! What the protocol service asks of the rest of Puente.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use rmcp::model::{
    CompletionInfo, DetailedTask, GetPromptResult, Implementation, ReadResourceResult, ServerCapabilities,
};
use serde_json::{Value, value::RawValue};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::{Client, Inputs, McpError, Outcome, ToolResult};

/// One request on its way: who asks, through which client, and when to stop.
#[derive(Clone, Debug)]
pub struct RequestContext<C> {
    /// Who calls, and where: opaque to the protocol service.
    pub caller: C,
    /// The client behind it.
    pub client: Client,
    /// Cancelled when the client gives the request up, as its era defines that.
    pub cancel: CancellationToken,
    /// The id in the log, and in `X-Request-Id`.
    pub request_id: Arc<str>,
    /// W3C `traceparent`, if the client sent one that is well-formed.
    pub traceparent: Option<Arc<str>>,
}

/// `tools/call`.
#[derive(Debug)]
pub struct CallTool<'a> {
    /// The tool as the client knows it.
    pub name: &'a str,
    /// A JSON object, `None` if absent.
    pub arguments: Option<&'a RawValue>,
    /// From earlier rounds.
    pub inputs: Inputs,
    /// `Mcp-Param-*` headers in lower case without the prefix, to be compared with the arguments they mirror (modern
    /// HTTP only); `None` where the transport has no headers.
    pub header_params: Option<Vec<(String, String)>>,
}

/// `prompts/get`.
#[derive(Debug)]
pub struct GetPrompt<'a> {
    /// The prompt as the client knows it.
    pub name: &'a str,
    /// Its arguments; all strings.
    pub arguments: serde_json::Map<String, Value>,
    /// From earlier rounds.
    pub inputs: Inputs,
}

/// `resources/read`.
#[derive(Debug)]
pub struct ReadResource<'a> {
    /// The URI as the client knows it.
    pub uri: &'a str,
    /// From earlier rounds.
    pub inputs: Inputs,
}

/// `completion/complete`.
#[derive(Debug)]
pub struct Complete<'a> {
    /// The prompt's name or the template's URI.
    pub reference: rmcp::model::Reference,
    /// The argument to complete.
    pub argument: &'a str,
    /// What was typed so far.
    pub value: &'a str,
    /// Arguments that are already known.
    pub context: serde_json::Map<String, Value>,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListRequest {
    /// `tools/list`.
    Tools,
    /// `resources/list`.
    Resources,
    /// `resources/templates/list`.
    ResourceTemplates,
    /// `prompts/list`.
    Prompts,
}

/// A page of a list: each item already serialised for the client's era.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    /// JSON objects, in a deterministic order.
    pub items: Vec<Bytes>,
    /// Opaque; where the next page starts.
    pub next_cursor: Option<String>,
    /// How long a modern client may keep it, in milliseconds.
    pub ttl_ms: u64,
}

/// Who this server is, for `initialize` and `server/discover`.
#[derive(Clone, Debug)]
pub struct ServerIdentity {
    /// Name, title, version, icons.
    pub implementation: Implementation,
    /// Without what the protocol service adds itself.
    pub capabilities: ServerCapabilities,
    /// For the model.
    pub instructions: Option<String>,
}

/// Something that subscribed clients are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `notifications/tools/list_changed`.
    ToolsChanged,
    /// `notifications/prompts/list_changed`.
    PromptsChanged,
    /// `notifications/resources/list_changed`.
    ResourcesChanged,
    /// `notifications/resources/updated`.
    ResourceUpdated {
        /// As the client knows it.
        uri: String,
    },
    /// `notifications/tasks` (modern).
    Task(Box<TaskEvent>),
    /// The caller's rights are gone: close its streams.
    Revoked,
}

/// A task that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskEvent(pub DetailedTask);

impl Eq for TaskEvent {}

/// The other side of the protocol service. Puente's gateway implements it; so does a small one in `test-support`.
///
/// Every method decides for itself whether the caller may do that, by the gateway's one decision function.
pub trait Handler: Send + Sync + 'static {
    /// Who calls, and on which virtual server.
    type Caller: Clone + Send + Sync + 'static;

    /// A text that names the principal and the virtual server unmistakably: legacy sessions and `requestState` are
    /// bound to it.
    fn binding(&self, caller: &Self::Caller) -> String;

    /// For `initialize` and `server/discover`.
    fn identity(&self, caller: &Self::Caller) -> ServerIdentity;

    /// Lets a caller begin a legacy session; a rate that was reached is [`McpError::Limited`].
    fn admit(&self, caller: &Self::Caller) -> impl Future<Output = Result<(), McpError>> + Send {
        let _ = caller;
        async { Ok(()) }
    }

    /// Learns of a request that was refused before it reached any other method, for the audit trail. `target` is the
    /// tool, prompt, URI or task that it names, if any.
    fn refused(
        &self,
        caller: &Self::Caller,
        method: &str,
        target: &str,
        error: &McpError,
    ) -> impl Future<Output = ()> + Send {
        let _ = (caller, method, target, error);
        async {}
    }

    /// A page of a list; a `cursor` that is not ours is [`McpError::InvalidParams`].
    fn list(
        &self,
        cx: &RequestContext<Self::Caller>,
        what: ListRequest,
        cursor: Option<&str>,
    ) -> impl Future<Output = Result<ListPage, McpError>> + Send;

    /// Calls a tool.
    fn call_tool(
        &self,
        cx: &RequestContext<Self::Caller>,
        call: CallTool<'_>,
    ) -> impl Future<Output = Result<Outcome<ToolResult>, McpError>> + Send;

    /// Reads a resource. The `u64` is how long a modern client may keep it, in milliseconds.
    fn read_resource(
        &self,
        cx: &RequestContext<Self::Caller>,
        read: ReadResource<'_>,
    ) -> impl Future<Output = Result<Outcome<(ReadResourceResult, u64)>, McpError>> + Send;

    /// Renders a prompt.
    fn get_prompt(
        &self,
        cx: &RequestContext<Self::Caller>,
        get: GetPrompt<'_>,
    ) -> impl Future<Output = Result<Outcome<GetPromptResult>, McpError>> + Send;

    /// Completes an argument.
    fn complete(
        &self,
        cx: &RequestContext<Self::Caller>,
        complete: Complete<'_>,
    ) -> impl Future<Output = Result<CompletionInfo, McpError>> + Send;

    /// Whether the caller may subscribe to this resource; the events then come through [`Handler::events`].
    fn subscribe(
        &self,
        cx: &RequestContext<Self::Caller>,
        uri: &str,
    ) -> impl Future<Output = Result<(), McpError>> + Send;

    /// The events of this caller's view. A receiver that lags behind tells its client that every list changed.
    fn events(&self, caller: &Self::Caller) -> broadcast::Receiver<Event>;

    /// `tasks/get`.
    fn get_task(
        &self,
        cx: &RequestContext<Self::Caller>,
        task: &str,
    ) -> impl Future<Output = Result<DetailedTask, McpError>> + Send;

    /// `tasks/update`: answers to a task's input requests.
    fn update_task(
        &self,
        cx: &RequestContext<Self::Caller>,
        task: &str,
        responses: std::collections::BTreeMap<String, Value>,
    ) -> impl Future<Output = Result<(), McpError>> + Send;

    /// `tasks/cancel`.
    fn cancel_task(
        &self,
        cx: &RequestContext<Self::Caller>,
        task: &str,
    ) -> impl Future<Output = Result<(), McpError>> + Send;
}

/// Seals what a client carries for us (`requestState`, cursors) and opens it again: authenticated encryption.
pub trait Sealer: Send + Sync + 'static {
    /// Seals `plain`, bound to `context`; the result is URL-safe text.
    fn seal(&self, context: &str, plain: &[u8]) -> String;

    /// Opens what [`Sealer::seal`] made with the same `context`; `None` if it was not, or was changed.
    fn open(&self, context: &str, sealed: &str) -> Option<Vec<u8>>;
}
