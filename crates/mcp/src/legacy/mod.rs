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

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::{
    Client, Era, Handler, InputMode, McpError, RequestContext,
    envelope::{Id, Message, OwnedId, Params, Request, Response},
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

/// What became of a message that wants no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It was about something here, or about nothing at all.
    Done,
    /// It is about a call that is not here: another replica may hold it, or it has ended.
    Elsewhere,
}

/// Takes a message that wants no answer; what needs nothing done is ignored.
pub(crate) fn take(peer: &Peer, message: &Message<'_>) -> Taken {
    let found = match message {
        Message::Response(response) => peer.pending.answer(response),
        Message::Notification(notification) if notification.method == "notifications/cancelled" => {
            let id = notification.params.raw("requestId").and_then(OwnedId::from_raw);
            id.is_none_or(|id| peer.running.cancel(&id))
        }
        Message::Notification(_) | Message::Request(_) => true,
    };
    if found { Taken::Done } else { Taken::Elsewhere }
}

/// The part of a message that [`take`] looks at, as JSON.
pub(crate) fn forwarded(message: &Message<'_>) -> Option<String> {
    #[derive(Serialize)]
    struct Forwarded<'a> {
        jsonrpc: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Id<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        method: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        params: Option<BTreeMap<&'static str, &'a RawValue>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a RawValue>,
    }
    let empty = Forwarded { jsonrpc: "2.0", id: None, method: None, params: None, result: None, error: None };
    let forwarded = match message {
        Message::Response(Response { id, outcome }) => {
            Forwarded { id: Some(*id), result: outcome.ok(), error: outcome.err(), ..empty }
        }
        Message::Notification(notification) => {
            let params = notification.params.raw("requestId").map(|id| BTreeMap::from([("requestId", id)]));
            Forwarded { method: Some(&*notification.method), params, ..empty }
        }
        Message::Request(_) => return None,
    };
    serde_json::to_string(&forwarded).ok()
}
