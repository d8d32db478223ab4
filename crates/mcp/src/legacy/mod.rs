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

use crate::{
    Era, Handler, McpError, RequestContext,
    envelope::{Notification, OwnedId, Request},
    reply::{Frame, ResultWriter},
    service::Service,
};

/// How legacy results are written.
pub(crate) const FRAME: Frame<'static> = Frame { era: Era::Legacy, server: None };

/// Answers a request of an initialized client.
pub(crate) async fn respond<H: Handler>(
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

/// Takes a notification; those that need nothing done are ignored.
pub(crate) fn notified(peer: &Peer, notification: &Notification<'_>) {
    if notification.method == "notifications/cancelled"
        && let Some(id) = notification.params.raw("requestId").and_then(OwnedId::from_raw)
    {
        peer.running.cancel(&id);
    }
}
