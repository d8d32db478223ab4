//! `subscriptions/listen` (2026-07-28, basic/patterns/subscriptions).

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio_util::sync::CancellationToken;

use crate::{
    Era, Handler, McpError, RequestContext,
    envelope::{Id, Request},
    events::{self, Step, Tag, Wanted},
    outlet::Outlet,
    reply::{Frame, ResultWriter, notification},
    service::Service,
};

/// How many resources and tasks a subscription may name.
const MAX_NAMES: usize = 1000;

#[derive(Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Filter {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tools_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prompts_list_changed: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    resources_list_changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_subscriptions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_ids: Option<Vec<String>>,
}

/// Acknowledges, sends events until the server ends the subscription, and returns the final result.
pub(super) async fn respond<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    outlet: Option<&Arc<dyn Outlet>>,
    ending: &CancellationToken,
) -> Result<Vec<u8>, McpError> {
    let Some(outlet) = outlet else {
        return Err(McpError::InvalidParams("subscriptions need `Accept: text/event-stream`".to_owned()));
    };
    let filter: Filter = request.params.required("notifications")?;
    // Before the acknowledgement, so that nothing is lost in between.
    let mut receiver = service.handler.events(&cx.caller);
    let filter = honour(service, cx, filter).await?;
    let id = raw_id(request.id)?;
    outlet.send(notification(
        "notifications/subscriptions/acknowledged",
        &Acknowledged { meta: Tag { id: &id }, notifications: &filter },
    ));
    let wanted = wanted(filter);
    loop {
        let step = tokio::select! {
            () = ending.cancelled() => Step::End,
            step = events::next(&mut receiver) => step,
        };
        let Step::Events(events) = step else { return Ok(end(request.id)) };
        for message in events.iter().filter_map(|event| wanted.notification(event, Some(&id))) {
            outlet.send(message);
        }
    }
}

#[derive(Serialize)]
struct Acknowledged<'a> {
    #[serde(rename = "_meta")]
    meta: Tag<'a>,
    notifications: &'a Filter,
}

/// The part of the filter that this caller gets.
async fn honour<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    mut filter: Filter,
) -> Result<Filter, McpError> {
    let offered = service.handler.identity(&cx.caller).capabilities;
    filter.tools_list_changed &= offered.tools.is_some_and(|tools| tools.list_changed == Some(true));
    filter.prompts_list_changed &= offered.prompts.is_some_and(|prompts| prompts.list_changed == Some(true));
    filter.resources_list_changed &= offered.resources.is_some_and(|resources| resources.list_changed == Some(true));
    if let Some(uris) = &mut filter.resource_subscriptions {
        limit("resourceSubscriptions", uris)?;
        let mut honoured = Vec::with_capacity(uris.len());
        for uri in uris.drain(..) {
            if service.handler.subscribe(cx, &uri).await.is_ok() {
                honoured.push(uri);
            }
        }
        *uris = honoured;
    }
    if let Some(ids) = &mut filter.task_ids {
        cx.client.require_tasks()?;
        limit("taskIds", ids)?;
        let mut honoured = Vec::with_capacity(ids.len());
        for id in ids.drain(..) {
            if service.handler.get_task(cx, &id).await.is_ok() {
                honoured.push(id);
            }
        }
        *ids = honoured;
    }
    Ok(filter)
}

fn limit(member: &str, names: &[String]) -> Result<(), McpError> {
    if names.len() <= MAX_NAMES {
        return Ok(());
    }
    Err(McpError::InvalidParams(format!("`notifications.{member}` may have at most {MAX_NAMES} entries")))
}

fn wanted(filter: Filter) -> Wanted {
    let set = |names: Option<Vec<String>>| names.unwrap_or_default().into_iter().collect::<HashSet<_>>();
    Wanted {
        tools: filter.tools_list_changed,
        prompts: filter.prompts_list_changed,
        resources: filter.resources_list_changed,
        uris: set(filter.resource_subscriptions),
        tasks: set(filter.task_ids),
    }
}

fn raw_id(id: Id<'_>) -> Result<Box<RawValue>, McpError> {
    RawValue::from_string(id.as_json().to_owned()).map_err(|_| McpError::Internal)
}

/// The final result: says that the subscription ended gracefully.
fn end(id: Id<'_>) -> Vec<u8> {
    let frame = Frame { era: Era::Modern, server: None };
    let tag = serde_json::from_str::<Value>(id.as_json()).unwrap_or_default();
    let meta = [("io.modelcontextprotocol/subscriptionId".to_owned(), tag)].into_iter().collect();
    ResultWriter::complete(id, &frame, Some(meta)).finish()
}
