//! Revisions up to 2025-11-25: `initialize`, a session, and requests from the server.

pub(crate) mod ask;
pub(crate) mod initialize;
mod inline;
pub(crate) mod peer;
pub(crate) mod running;
mod state;
mod subscribe;

pub(crate) use inline::Conversation;
pub(crate) use peer::Peer;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{
    Client, Era, Handler, InputMode, McpError, ProgressSink, RequestContext,
    envelope::{Message, OwnedId, Params, Request},
    modern::traceparent,
    outlet::CallSink,
    reply::{Frame, ResultWriter},
    service::Service,
};

/// How legacy results are written.
pub(crate) const FRAME: Frame<'static> = Frame { era: Era::Legacy, server: None };

/// Answers a request of an initialized client; `None` if the client cancelled it meanwhile.
pub(crate) async fn respond<H: Handler>(
    service: &Service<H>,
    caller: H::Caller,
    request_id: Arc<str>,
    request: &Request<'_>,
    conversation: &Conversation<'_>,
) -> Option<Result<Vec<u8>, McpError>> {
    let cancel = CancellationToken::new();
    let _registration = conversation.peer.running.register(request.id.to_owned(), cancel.clone());
    let cx = match context(caller, request_id, &request.params, conversation, cancel.clone()) {
        Ok(cx) => cx,
        Err(error) => return Some(Err(error)),
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        result = answer(service, &cx, request, conversation) => Some(result),
    }
}

fn context<C>(
    caller: C,
    request_id: Arc<str>,
    params: &Params<'_>,
    conversation: &Conversation<'_>,
    cancel: CancellationToken,
) -> Result<RequestContext<C>, McpError> {
    let meta = params.nested("_meta")?;
    let progress_token = CallSink::progress_token(&meta)?;
    let Conversation { peer, outlet } = conversation;
    let input = if outlet.is_some() { InputMode::Inline } else { InputMode::None };
    let sink = outlet.map(|outlet| -> Arc<dyn ProgressSink> {
        Arc::new(CallSink { outlet: outlet.clone(), progress_token, level: Some(peer.level()) })
    });
    let client = Client::new(Era::Legacy, input, peer.capabilities.clone(), peer.info.clone(), sink);
    Ok(RequestContext { caller, client, cancel, request_id, traceparent: traceparent(&meta) })
}

async fn answer<H: Handler>(
    service: &Service<H>,
    cx: &RequestContext<H::Caller>,
    request: &Request<'_>,
    conversation: &Conversation<'_>,
) -> Result<Vec<u8>, McpError> {
    let peer = conversation.peer;
    match &*request.method {
        "ping" => {}
        "logging/setLevel" => peer.set_level(request.params.required("level")?),
        "resources/subscribe" => subscribe::subscribe(&*service.handler, cx, peer, &request.params).await?,
        "resources/unsubscribe" => subscribe::unsubscribe(peer, &request.params)?,
        _ => return inline::run(service, cx, request, conversation).await,
    }
    Ok(ResultWriter::complete(request.id, &FRAME, None).finish())
}

/// Takes a message that wants no answer; what needs nothing done is ignored.
pub(crate) fn take(peer: &Peer, message: &Message<'_>) {
    match message {
        Message::Response(response) => peer.pending.answer(response),
        Message::Notification(notification) if notification.method == "notifications/cancelled" => {
            if let Some(id) = notification.params.raw("requestId").and_then(OwnedId::from_raw) {
                peer.running.cancel(&id);
            }
        }
        Message::Notification(_) | Message::Request(_) => {}
    }
}
