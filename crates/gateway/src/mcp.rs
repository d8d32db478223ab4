//! The gateway as the other side of the protocol service.

use std::{collections::BTreeMap, sync::Arc};

use puente_domain::Subject;
use puente_mcp::{
    CallTool, Complete, GetPrompt, Handler, ListPage, ListRequest, McpError, Outcome, ReadResource, RequestContext,
    ToolResult,
    handler::{Event, ServerIdentity},
};
use rmcp::model::{
    CompletionInfo, DetailedTask, GetPromptResult, Implementation, ReadResourceResult, ServerCapabilities,
};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::{Caller, Gateway, failure::Failure, traced};

/// The [`Handler`] of Puente's MCP endpoints. Callers come from [`Gateway::enter`].
#[derive(Clone)]
pub struct McpHandler(pub Arc<Gateway>);

/// Names a caller and its virtual server: see [`Handler::binding`].
pub(crate) fn binding(caller: &Caller) -> String {
    bind(caller.actor.principal.subject, &caller.server)
}

pub(crate) fn bind(subject: Subject, server: &str) -> String {
    match subject {
        Subject::User(id) => format!("user:{id}@{server}"),
        Subject::Key(id) => format!("key:{id}@{server}"),
        Subject::Anonymous => format!("anonymous@{server}"),
    }
}

/// The other way round.
pub(crate) fn parse_binding(binding: &str) -> Option<(Subject, String)> {
    let (subject, server) = binding.split_once('@')?;
    let subject = match subject.split_once(':') {
        Some(("user", id)) => Subject::User(id.parse().ok()?),
        Some(("key", id)) => Subject::Key(id.parse().ok()?),
        None if subject == "anonymous" => Subject::Anonymous,
        _ => return None,
    };
    Some((subject, server.to_owned()))
}

impl Handler for McpHandler {
    type Caller = Caller;

    fn binding(&self, caller: &Caller) -> String {
        binding(caller)
    }

    fn identity(&self, caller: &Caller) -> ServerIdentity {
        let catalog = self.0.catalog.load();
        let description = catalog.server(&caller.server).map(|server| server.record.description.clone());
        ServerIdentity {
            implementation: Implementation::new("puente", env!("CARGO_PKG_VERSION")).with_title("Puente"),
            capabilities: capabilities(),
            instructions: description.filter(|description| !description.is_empty()),
        }
    }

    async fn admit(&self, caller: &Caller) -> Result<(), McpError> {
        self.0.limits.count(&self.0.who(&caller.actor)).await.map_err(Failure::into_protocol)
    }

    async fn refused(&self, caller: &Caller, method: &str, target: &str, error: &McpError) {
        // Whoever sends too many does not fill the trail with them.
        if self.0.count_request(&caller.actor).await.is_ok() {
            self.0.record_refusal_on(&caller.actor, method, target, Some(&caller.server), error.to_string());
        }
    }

    async fn list(
        &self,
        cx: &RequestContext<Caller>,
        what: ListRequest,
        cursor: Option<&str>,
    ) -> Result<ListPage, McpError> {
        self.0.list(cx, what, cursor).await.map_err(Failure::into_protocol)
    }

    async fn call_tool(
        &self,
        cx: &RequestContext<Caller>,
        call: CallTool<'_>,
    ) -> Result<Outcome<ToolResult>, McpError> {
        traced::request(cx, "tools/call", call.name, self.0.call_tool(cx, call)).await
    }

    async fn read_resource(
        &self,
        cx: &RequestContext<Caller>,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, McpError> {
        traced::request(cx, "resources/read", read.uri, self.0.read_resource(cx, read)).await
    }

    async fn get_prompt(
        &self,
        cx: &RequestContext<Caller>,
        get: GetPrompt<'_>,
    ) -> Result<Outcome<GetPromptResult>, McpError> {
        traced::request(cx, "prompts/get", get.name, self.0.get_prompt(cx, get)).await
    }

    async fn complete(&self, cx: &RequestContext<Caller>, complete: Complete<'_>) -> Result<CompletionInfo, McpError> {
        traced::request(cx, "completion/complete", "", self.0.complete(cx, complete))
            .await
            .map_err(Failure::into_protocol)
    }

    async fn subscribe(&self, cx: &RequestContext<Caller>, uri: &str) -> Result<(), McpError> {
        self.0.subscribe(cx, uri).await.map_err(Failure::into_protocol)
    }

    fn events(&self, caller: &Caller) -> broadcast::Receiver<Event> {
        self.0.subscribers.subscribe(caller)
    }

    async fn get_task(&self, cx: &RequestContext<Caller>, task: &str) -> Result<DetailedTask, McpError> {
        self.0.get_task(&cx.caller, task).await
    }

    async fn update_task(
        &self,
        cx: &RequestContext<Caller>,
        task: &str,
        responses: BTreeMap<String, Value>,
    ) -> Result<(), McpError> {
        self.0.update_task(&cx.caller, task, responses).await
    }

    async fn cancel_task(&self, cx: &RequestContext<Caller>, task: &str) -> Result<(), McpError> {
        self.0.cancel_task(&cx.caller, task).await
    }
}

fn capabilities() -> ServerCapabilities {
    let mut capabilities = ServerCapabilities::default();
    capabilities.tools.get_or_insert_default().list_changed = Some(true);
    capabilities.prompts.get_or_insert_default().list_changed = Some(true);
    let resources = capabilities.resources.get_or_insert_default();
    (resources.subscribe, resources.list_changed) = (Some(true), Some(true));
    capabilities.completions.get_or_insert_default();
    capabilities
}

#[cfg(test)]
mod tests {
    use puente_domain::{KeyId, UserId};

    use super::*;

    #[test]
    fn bindings_go_both_ways() {
        for subject in [Subject::User(UserId::new()), Subject::Key(KeyId::new()), Subject::Anonymous] {
            assert_eq!(parse_binding(&bind(subject, "finance")), Some((subject, "finance".to_owned())));
        }
        assert_eq!(parse_binding("user:x@finance"), None);
    }
}
