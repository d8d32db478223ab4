//! `prompts/get` and `completion/complete`.

use puente_mcp::{Complete, GetPrompt, McpError, Outcome, RequestContext};
use puente_sources::{Completion, Prompt, SourceError};
use rmcp::model::{CompletionInfo, GetPromptResult, Reference};
use tokio::time::Instant;

use crate::{
    Caller, Gateway,
    catalog::snapshot::{PromptItem, ResourceItem},
    failure::Failure,
    reply,
    view::apps,
};

impl Gateway {
    /// Answers `prompts/get`.
    pub(crate) async fn get_prompt(
        &self,
        cx: &RequestContext<Caller>,
        get: GetPrompt<'_>,
    ) -> Result<Outcome<GetPromptResult>, McpError> {
        let caller = &cx.caller;
        let scope = self
            .scope(&caller.actor, "prompts/get", get.name, Some(&caller.server))
            .map_err(|unwritable| Failure::from(unwritable).into_protocol())?;
        let result = self.run_prompt(cx, get).await;
        reply::other(scope, result).await
    }

    async fn run_prompt(
        &self,
        cx: &RequestContext<Caller>,
        get: GetPrompt<'_>,
    ) -> Result<Outcome<GetPromptResult>, Failure> {
        let actor = &cx.caller.actor;
        let _running = self.limits.admit(&self.who(actor)).await?;
        let view = self.view(&cx.caller, cx.client.era)?;
        let unknown = || Failure::Unknown(McpError::UnknownPrompt(get.name.to_owned()));
        match view.prompts.get(get.name).ok_or_else(unknown)? {
            PromptItem::Static(prompt) => {
                prompt.render(&get.arguments).map(Outcome::Complete).map_err(Failure::Protocol)
            }
            PromptItem::Offered { connection, name } => {
                let request = Prompt {
                    name,
                    arguments: &get.arguments,
                    inputs: &get.inputs,
                    principal: &actor.principal,
                    client: &cx.client,
                    cancel: &cx.cancel,
                    deadline: Instant::now() + self.settings.call_timeout,
                };
                let outcome = connection.through(self.in_time(connection.source.prompt(request))).await;
                outcome.map_err(|error| Failure::of_source(&error, get.name))
            }
        }
    }

    /// Answers `completion/complete`. Prompts of the catalog have nothing to complete.
    pub(crate) async fn complete(
        &self,
        cx: &RequestContext<Caller>,
        complete: Complete<'_>,
    ) -> Result<CompletionInfo, Failure> {
        let actor = &cx.caller.actor;
        let _running = self.limits.admit(&self.who(actor)).await?;
        let view = self.view(&cx.caller, cx.client.era)?;
        let (connection, reference) = match &complete.reference {
            Reference::Prompt(prompt) => match view.prompts.get(&prompt.name) {
                None => return Err(Failure::Unknown(McpError::UnknownPrompt(prompt.name.clone()))),
                Some(PromptItem::Static(_)) => return Ok(CompletionInfo::default()),
                Some(PromptItem::Offered { connection, name }) => (connection, Reference::for_prompt(name.clone())),
            },
            Reference::Resource(template) => match view.templates.get(&template.uri) {
                Some(ResourceItem::Offered(connection)) => {
                    let uri = apps::source_uri(&connection.name, &template.uri, view.prefix);
                    (connection, Reference::for_resource(uri))
                }
                _ => return Err(Failure::Unknown(McpError::UnknownResource(template.uri.clone()))),
            },
            _ => return Err(Failure::Protocol(McpError::InvalidParams("`ref` is of an unknown type".to_owned()))),
        };
        let request = Completion {
            reference: &reference,
            argument: complete.argument,
            value: complete.value,
            context: &complete.context,
            principal: &actor.principal,
        };
        let completed = connection.through(self.in_time(connection.source.complete(request))).await;
        completed.map_err(|error| Failure::of_source(&error, connection.name.as_str()))
    }

    /// Gives a source as long as a call has.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let limit = self.settings.call_timeout;
        let late = |_| SourceError::TimedOut { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) };
        tokio::time::timeout(limit, work).await.map_err(late)?
    }
}
