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

use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::{
    Client, Era, Handler, InputMode, McpError, RequestContext,
    envelope::{Message, OwnedId, Params, Request},
    modern::traceparent,
    outlet::CallSink,
    reply::{Frame, ResultWriter},
    service::Service,
    tracking::Tracking,
};

/// How legacy results are written.
pub(crate) const FRAME: Frame<'static> = Frame { era: Era::Legacy, server: None };

/// Answers a request of an initialized client; `None` if the client cancelled it meanwhile.
pub(crate) async fn respond<H: Handler>(
    service: &Service<H>,
    caller: H::Caller,
    tracking: Tracking,
    request: &Request<'_>,
    conversation: &Conversation<'_>,
) -> Option<Result<Vec<u8>, McpError>> {
    let cancel = CancellationToken::new();
    // However it ends: what a source keeps for another round of this request is not needed any more.
    let _ended = cancel.clone().drop_guard();
    let _registration = conversation.peer.running.register(request.id.to_owned(), cancel.clone());
    let meta = match read_meta(&request.params) {
        Ok(meta) => meta,
        Err(error) => return Some(Err(error)),
    };
    let Conversation { peer, outlet } = conversation;
    let sink = outlet.map(|outlet| CallSink::open(outlet.clone(), meta.progress_token, Some(peer.level())));
    let (sink, _guard) = sink.unzip();
    let input = if outlet.is_some() { InputMode::Inline } else { InputMode::None };
    let client = Client::new(Era::Legacy, input, peer.capabilities.clone(), peer.info.clone(), sink);
    let Tracking { request_id, traceparent } = tracking;
    let traceparent = meta.traceparent.or(traceparent);
    let cx = RequestContext { caller, client, cancel: cancel.clone(), request_id, traceparent };
    tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        result = answer(service, &cx, request, conversation) => Some(result),
    }
}

/// What a legacy request says in its `_meta`.
struct Meta {
    progress_token: Option<Box<RawValue>>,
    traceparent: Option<Arc<str>>,
}

fn read_meta(params: &Params<'_>) -> Result<Meta, McpError> {
    let meta = params.nested("_meta")?;
    Ok(Meta { progress_token: CallSink::progress_token(&meta)?, traceparent: traceparent(&meta) })
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
