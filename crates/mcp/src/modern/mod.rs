//! Revision 2026-07-28: stateless requests.

mod discover;
pub(crate) mod headers;
mod listen;
mod meta;
mod mrtr;
mod tasks;

pub(crate) use meta::{Meta, client_info, is_traceparent, traceparent};

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{
    Client, Era, Handler, InputMode, McpError, Outcome, RequestContext,
    dispatch::Dispatch,
    envelope::Request,
    outlet::{CallSink, Outlet},
    reply::{Frame, ResultWriter},
    service::Service,
    tracking::Tracking,
};

/// What the transport knows of a request.
pub(crate) struct Transport {
    /// The way to the client while the request runs; `None` if it takes no stream.
    pub(crate) outlet: Option<Arc<dyn Outlet>>,
    /// See [`CallTool::header_params`](crate::CallTool::header_params).
    pub(crate) header_params: Option<Vec<(String, String)>>,
    pub(crate) tracking: Tracking,
    /// Cancelled when subscriptions are to end.
    pub(crate) ending: CancellationToken,
}

/// Answers a request.
pub(crate) async fn respond<H: Handler>(
    service: &Service<H>,
    caller: H::Caller,
    request: &Request<'_>,
    meta: Meta,
    transport: Transport,
    cancel: CancellationToken,
) -> Result<Vec<u8>, McpError> {
    let Transport { outlet, header_params, tracking: Tracking { request_id, traceparent }, ending } = transport;
    let (sink, _guard) = outlet.clone().map(|outlet| CallSink::open(outlet, meta.progress_token, meta.level)).unzip();
    let client = Client::new(Era::Modern, InputMode::Rounds, meta.capabilities, meta.info, sink);
    let traceparent = meta.traceparent.or(traceparent);
    let cx = RequestContext { caller, client, cancel, request_id, traceparent };
    if request.method == "subscriptions/listen" {
        return listen::respond(service, &cx, request, outlet.as_ref(), &ending).await;
    }
    answer(service, &cx, request, header_params).await
}

async fn answer<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    header_params: Option<Vec<(String, String)>>,
) -> Result<Vec<u8>, McpError> {
    let handler = &*service.handler;
    let identity = handler.identity(&cx.caller);
    let frame = Frame { era: Era::Modern, server: Some(&identity.implementation) };
    match &*request.method {
        "server/discover" => Ok(discover::respond(request.id, &frame, &identity)),
        "tasks/get" | "tasks/update" | "tasks/cancel" => tasks::respond(handler, cx, request, &frame).await,
        _ => {
            let inputs = mrtr::open(service, cx, request)?;
            let dispatch = Dispatch { handler, cx, request, frame, header_params };
            match dispatch.run(inputs).await? {
                Outcome::Complete(message) => Ok(message),
                Outcome::InputRequired(required) => mrtr::seal(service, cx, request, &dispatch.frame, required),
                Outcome::Task(task) => {
                    cx.client.require_tasks()?;
                    let mut writer = ResultWriter::start(request.id, &dispatch.frame, "task", None);
                    writer.members(&task.0);
                    Ok(writer.finish())
                }
            }
        }
    }
}
