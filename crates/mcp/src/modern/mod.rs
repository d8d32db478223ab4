//! Revision 2026-07-28: stateless requests.

mod discover;
pub(crate) mod headers;
pub(crate) mod listen;
mod meta;
mod mrtr;
mod tasks;

pub(crate) use meta::{Meta, client_info, traceparent};

use crate::{
    Era, Handler, McpError, Outcome, RequestContext,
    dispatch::Dispatch,
    envelope::Request,
    reply::{Frame, ResultWriter},
    service::Service,
};

/// Answers a request, except for `subscriptions/listen`, which needs its transport.
pub(crate) async fn respond<H: Handler>(
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
                    tasks::require(&cx.client.capabilities)?;
                    let mut writer = ResultWriter::start(request.id, &dispatch.frame, "task", None);
                    writer.members(&task.0);
                    Ok(writer.finish())
                }
            }
        }
    }
}
