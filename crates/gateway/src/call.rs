//! The life of a tool call, top to bottom. It goes only forward, under one deadline and inside one audit scope, which
//! also records refusals, answers from the cache and calls that were given up:
//!
//! rate → view → validate → cache{ single-flight{ concurrency → source(byte budget) } } → oversized → audit → reply

use std::sync::Arc;

use puente_mcp::{CallTool, Inputs, McpError, Outcome, RequestContext, ToolResult};
use serde_json::{Map, Value};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use crate::{
    Caller, Gateway,
    audit::{CALL, Scope},
    catalog::CatalogTool,
    discovery::{self, Guide, Inner},
    failure::Failure,
    reply,
    tasks::becomes_task,
    validate::{canonical, sha256_hex},
    view::{View, apps},
    work::Work,
};

/// What became of a call before its source.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart at once, and calls of sources shall not allocate for it"
)]
enum Prepared {
    Ready(Ready),
    /// It needs none.
    Answered(ToolResult),
}

/// A call that may go to its source.
struct Ready {
    work: Work,
    /// The arguments in their canonical form.
    canonical: String,
    becomes_task: bool,
    /// Whether the caller knows names by their source's prefix.
    prefix: bool,
}

impl Gateway {
    /// Answers `tools/call`.
    pub(crate) async fn call_tool(
        self: &Arc<Self>,
        cx: &RequestContext<Caller>,
        call: CallTool<'_>,
    ) -> Result<Outcome<ToolResult>, McpError> {
        let caller = &cx.caller;
        let mut scope = self
            .scope(&caller.actor, CALL, call.name, Some(&caller.server))
            .map_err(|unwritable| Failure::from(unwritable).into_protocol())?;
        let ready = match self.prepare(cx, call, &mut scope).await {
            Ok(Prepared::Ready(ready)) => ready,
            Ok(Prepared::Answered(result)) => return reply::tool(scope, Ok(Outcome::Complete(result))).await,
            Err(failure) => return reply::tool(scope, Err(failure)).await,
        };
        // A slow call of a client that knows tasks goes on without it.
        if ready.becomes_task {
            // Seldom, and large: no other call carries its state.
            return Box::pin(self.call_as_task(caller, ready.work, scope)).await;
        }
        let result = self.answer(cx, ready, &mut scope).await;
        reply::tool(scope, result).await
    }

    /// Rate, view, validate: everything before the source.
    async fn prepare(
        &self,
        cx: &RequestContext<Caller>,
        call: CallTool<'_>,
        scope: &mut Scope,
    ) -> Result<Prepared, Failure> {
        // Per principal, with the cap on calls in flight; then per tool, once it is known.
        let running = self.limits.admit(&self.who(&cx.caller.actor)).await?;
        let view = self.view(&cx.caller, cx.client.era)?;
        match view.guide(call.name) {
            None => {
                let unknown = |name: &str| Failure::Unknown(McpError::UnknownTool(name.to_owned()));
                self.ready(cx, &view, call, unknown, running, scope).await.map(Prepared::Ready)
            }
            Some((Guide::Call, _)) => {
                let inner = Inner::of(&call)?;
                let call = inner.call(call.inputs);
                self.ready(cx, &view, call, discovery::unknown, running, scope).await.map(Prepared::Ready)
            }
            Some((guide, guides)) => {
                let arguments = own_arguments(guide, &call, scope)?;
                guides.answer(guide, &view, cx.client.era, arguments).map(Prepared::Answered)
            }
        }
    }

    async fn ready(
        &self,
        cx: &RequestContext<Caller>,
        view: &View,
        call: CallTool<'_>,
        unknown: impl Fn(&str) -> Failure,
        running: OwnedSemaphorePermit,
        scope: &mut Scope,
    ) -> Result<Ready, Failure> {
        let tool = view.tools.get(call.name).ok_or_else(|| self.or_step_up(cx, call.name, unknown(call.name)))?;
        scope.calls(tool);
        tool.limits.check_rate(&self.who(&cx.caller.actor)).await?;

        let arguments = tool.arguments.check(&call)?;
        let canonical = canonical(&arguments);
        scope.note(|event| {
            event.arguments_hash = Some(sha256_hex(&canonical));
            event.arguments = tool.settings.audit_arguments.then(|| redacted(&arguments));
        });
        let becomes_task = becomes_task(tool, &cx.client)?;
        Ok(Ready {
            work: self.work(cx, tool, arguments, call.inputs, running),
            canonical,
            becomes_task,
            prefix: view.prefix,
        })
    }

    /// Cache, single-flight, concurrency, source; then the result as its caller gets it.
    async fn answer(
        &self,
        cx: &RequestContext<Caller>,
        ready: Ready,
        scope: &mut Scope,
    ) -> Result<Outcome<ToolResult>, Failure> {
        let Ready { work, canonical, prefix, .. } = ready;
        let tool = work.tool.clone();
        let outcome = match tool.settings.cache {
            Some(cache) if work.inputs.is_empty() => {
                self.call_through_cache(work, cache, &cx.caller, &canonical, scope).await?
            }
            _ => self.call_source(&work, scope).await?,
        };
        // Oversized results become a preview and a link; what is left is written for the client's era.
        let Outcome::Complete(mut result) = outcome else { return Ok(outcome) };
        if prefix {
            apps::rewrite_result(&tool.connection.name, &mut result);
        }
        let result = self.fit(&tool, cx.caller.actor.principal.subject, result).await?;
        Ok(Outcome::Complete(reply::for_era(&tool, cx.client.era, result)))
    }

    /// What the source needs to know. The deadline begins here.
    fn work(
        &self,
        cx: &RequestContext<Caller>,
        tool: &Arc<CatalogTool>,
        arguments: Map<String, Value>,
        inputs: Inputs,
        running: OwnedSemaphorePermit,
    ) -> Work {
        let timeout = tool.settings.timeout.unwrap_or(self.settings.call_timeout);
        Work {
            tool: tool.clone(),
            arguments,
            inputs,
            principal: cx.caller.actor.principal.clone(),
            client: cx.client.clone(),
            cancel: cx.cancel.clone(),
            deadline: Instant::now() + timeout,
            timeout,
            concurrency_wait: self.settings.concurrency_wait,
            max_bytes: self.settings.max_stored_bytes,
            running: Arc::new(running),
            place: None,
        }
    }

    /// Calls the source. A tool that can write has its intent on the disk before.
    pub(crate) async fn call_source(&self, work: &Work, scope: &mut Scope) -> Result<Outcome<ToolResult>, Failure> {
        if !work.tool.effect.is_read_only() {
            scope.commit_intent().await?;
        }
        let (result, took) = work.run().await;
        scope.source_took(took);
        result
    }
}

/// The arguments of a tool that is ours; its row says so.
fn own_arguments(guide: Guide, call: &CallTool<'_>, scope: &mut Scope) -> Result<Map<String, Value>, Failure> {
    scope.counts_as(guide.labels());
    let arguments = guide.arguments(call)?;
    scope.note(|event| event.arguments_hash = Some(sha256_hex(&canonical(&arguments))));
    Ok(arguments)
}

/// A copy for the audit trail without what looks like a credential.
fn redacted(arguments: &Map<String, Value>) -> String {
    const SENSITIVE: [&str; 6] = ["password", "secret", "token", "api_key", "apikey", "authorization"];
    fn redact(value: &mut Value) {
        match value {
            Value::Object(map) => map.iter_mut().for_each(|(key, value)| {
                let key = key.to_lowercase();
                if SENSITIVE.iter().any(|word| key.contains(word)) {
                    *value = Value::from("[redacted]");
                } else {
                    redact(value);
                }
            }),
            Value::Array(items) => items.iter_mut().for_each(redact),
            Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
            _ => {}
        }
    }
    let mut copy = Value::Object(arguments.clone());
    redact(&mut copy);
    copy.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_a_credential_is_redacted() {
        let arguments = json!({"user": "ana", "new_Password": "x", "login": [{"apiKey": "y", "n": 1}]});
        assert_eq!(
            redacted(arguments.as_object().unwrap()),
            r#"{"user":"ana","new_Password":"[redacted]","login":[{"apiKey":"[redacted]","n":1}]}"#
        );
    }
}
