//! The host as the protocol service's handler.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use puente_domain::Principal;
use puente_mcp::{
    CallTool, Client, Complete, GetPrompt, Handler, Inputs, ListPage, ListRequest, McpError, Outcome, ReadResource,
    RequestContext, ToolResult,
    handler::{Event, ServerIdentity},
    param_headers::ParamHeaders,
};
use puente_sources::{Call, Completion, Prompt, Read, Source, SourceError, TaskSupport};
use rmcp::model::{CompletionInfo, DetailedTask, GetPromptResult, Implementation, ReadResourceResult, Reference};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::{sync::broadcast, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Host;
use crate::source::model;

const DEADLINE: Duration = Duration::from_mins(5);
const MAX_BYTES: usize = 1024 * 1024;

/// A call that may outlive its request.
#[derive(Clone)]
pub(super) struct OwnedCall {
    source: Arc<dyn Source>,
    tool: String,
    arguments: Map<String, Value>,
    principal: Principal,
    client: Client,
    inputs: Inputs,
    pub(super) cancel: CancellationToken,
}

impl OwnedCall {
    /// The same call in its next round.
    pub(super) fn with_inputs(self, inputs: Inputs) -> Self {
        Self { inputs, ..self }
    }

    pub(super) async fn run(&self) -> Result<Outcome<ToolResult>, SourceError> {
        let call = Call {
            tool: &self.tool,
            arguments: &self.arguments,
            inputs: &self.inputs,
            principal: &self.principal,
            client: &self.client,
            cancel: &self.cancel,
            deadline: Instant::now() + DEADLINE,
            max_bytes: MAX_BYTES,
        };
        self.source.call(call).await
    }
}

impl Handler for Host {
    type Caller = ();

    fn binding(&self, (): &()) -> String {
        "anonymous".to_owned()
    }

    fn identity(&self, (): &()) -> ServerIdentity {
        ServerIdentity {
            implementation: Implementation::new("puente-test", env!("CARGO_PKG_VERSION")),
            capabilities: model(json!({
                "tools": {"listChanged": true},
                "prompts": {"listChanged": true},
                "resources": {"listChanged": true},
                "completions": {},
            })),
            instructions: None,
        }
    }

    async fn list(
        &self,
        _cx: &RequestContext<()>,
        what: ListRequest,
        _cursor: Option<&str>,
    ) -> Result<ListPage, McpError> {
        let offers = self.sources.iter().map(|source| source.offer());
        let items = offers
            .flat_map(|offer| match what {
                ListRequest::Tools => written(offer.tools.iter().map(|offered| &offered.tool)),
                ListRequest::Resources => written(&offer.resources),
                ListRequest::ResourceTemplates => written(&offer.templates),
                ListRequest::Prompts => written(&offer.prompts),
            })
            .collect();
        Ok(ListPage { items, next_cursor: None, ttl_ms: 0 })
    }

    async fn call_tool(&self, cx: &RequestContext<()>, call: CallTool<'_>) -> Result<Outcome<ToolResult>, McpError> {
        let unknown = || McpError::UnknownTool(call.name.to_owned());
        let source = self
            .source(|offer| offer.tools.iter().any(|offered| offered.tool.name == call.name))
            .ok_or_else(unknown)?;
        let offer = source.offer();
        let offered = offer.tools.iter().find(|offered| offered.tool.name == call.name).ok_or_else(unknown)?;
        let arguments: Map<String, Value> = call
            .arguments
            .map_or_else(|| Ok(Map::new()), |raw| serde_json::from_str(raw.get()))
            .map_err(|error| McpError::InvalidParams(error.to_string()))?;
        if let Some(headers) = &call.header_params {
            ParamHeaders::of(&offered.tool.input_schema).check(&arguments, headers)?;
        }
        if call.inputs.is_empty() {
            self.record(call.name, &arguments);
        }
        let owned = OwnedCall {
            source: source.clone(),
            tool: call.name.to_owned(),
            arguments,
            principal: self.principal.clone(),
            client: cx.client.clone(),
            inputs: call.inputs,
            cancel: cx.cancel.clone(),
        };
        let as_task = match offered.settings.task {
            TaskSupport::Forbidden => false,
            TaskSupport::Optional => cx.client.knows_tasks(),
            TaskSupport::Required => cx.client.require_tasks().map(|()| true)?,
        };
        let outcome = if as_task { self.tasks.run(owned).await } else { owned.run().await };
        outcome.or_else(|error| match error {
            SourceError::Protocol(error) => Err(error),
            error => Ok(Outcome::Complete(ToolResult::error(error.to_string()))),
        })
    }

    async fn read_resource(
        &self,
        cx: &RequestContext<()>,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, McpError> {
        for source in &self.sources {
            let read = Read {
                uri: read.uri,
                inputs: &read.inputs,
                principal: &self.principal,
                client: &cx.client,
                cancel: &cx.cancel,
                deadline: Instant::now() + DEADLINE,
            };
            match source.read(read).await {
                Err(SourceError::Protocol(McpError::UnknownResource(_))) => {}
                outcome => return Ok(outcome.map_err(protocol)?.map(|result| (result, 0))),
            }
        }
        Err(McpError::UnknownResource(read.uri.to_owned()))
    }

    async fn get_prompt(
        &self,
        cx: &RequestContext<()>,
        get: GetPrompt<'_>,
    ) -> Result<Outcome<GetPromptResult>, McpError> {
        let source = self
            .source(|offer| offer.prompts.iter().any(|prompt| prompt.name == get.name))
            .ok_or_else(|| McpError::UnknownPrompt(get.name.to_owned()))?;
        let prompt = Prompt {
            name: get.name,
            arguments: &get.arguments,
            inputs: &get.inputs,
            principal: &self.principal,
            client: &cx.client,
            cancel: &cx.cancel,
            deadline: Instant::now() + DEADLINE,
        };
        source.prompt(prompt).await.map_err(protocol)
    }

    async fn complete(&self, _cx: &RequestContext<()>, complete: Complete<'_>) -> Result<CompletionInfo, McpError> {
        let source = self
            .source(|offer| match &complete.reference {
                Reference::Prompt(wanted) => offer.prompts.iter().any(|prompt| prompt.name == wanted.name),
                Reference::Resource(wanted) => offer.templates.iter().any(|offered| offered.uri_template == wanted.uri),
                _ => false,
            })
            .ok_or_else(|| McpError::InvalidParams("there is nothing of that name to complete".to_owned()))?;
        let completion = Completion {
            reference: &complete.reference,
            argument: complete.argument,
            value: complete.value,
            context: &complete.context,
            principal: &self.principal,
        };
        source.complete(completion).await.map_err(protocol)
    }

    async fn subscribe(&self, _cx: &RequestContext<()>, uri: &str) -> Result<(), McpError> {
        let known = self.source(|offer| offer.resources.iter().any(|resource| resource.uri == uri));
        known.map(|_| ()).ok_or_else(|| McpError::UnknownResource(uri.to_owned()))
    }

    fn events(&self, (): &()) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    async fn get_task(&self, _cx: &RequestContext<()>, task: &str) -> Result<DetailedTask, McpError> {
        self.tasks.get(task)
    }

    async fn update_task(
        &self,
        _cx: &RequestContext<()>,
        task: &str,
        responses: BTreeMap<String, Value>,
    ) -> Result<(), McpError> {
        self.tasks.update(task, responses)
    }

    async fn cancel_task(&self, _cx: &RequestContext<()>, task: &str) -> Result<(), McpError> {
        self.tasks.cancel(task)
    }
}

fn protocol(error: SourceError) -> McpError {
    match error {
        SourceError::Protocol(error) => error,
        _ => McpError::Internal,
    }
}

fn written<'a, T: Serialize + 'a>(items: impl IntoIterator<Item = &'a T>) -> Vec<Bytes> {
    items.into_iter().filter_map(|item| serde_json::to_vec(item).ok().map(Bytes::from)).collect()
}
