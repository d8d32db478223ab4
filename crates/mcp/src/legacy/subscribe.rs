//! `resources/subscribe` and `resources/unsubscribe`.

use super::Peer;
use crate::{Handler, McpError, RequestContext, envelope::Params, sync::lock};

/// How many resources a client may subscribe to.
const MAX_SUBSCRIPTIONS: usize = 1000;

pub(super) async fn subscribe<H: Handler>(
    handler: &H,
    cx: &RequestContext<H::Caller>,
    peer: &Peer,
    params: &Params<'_>,
) -> Result<(), McpError> {
    let uri = params.required_text("uri")?;
    handler.subscribe(cx, &uri).await?;
    let mut subscriptions = lock(&peer.subscriptions);
    if subscriptions.len() >= MAX_SUBSCRIPTIONS && !subscriptions.contains(&*uri) {
        let message = format!("there are {MAX_SUBSCRIPTIONS} subscriptions already; unsubscribe from some first");
        return Err(McpError::InvalidParams(message));
    }
    subscriptions.insert(uri.into_owned());
    drop(subscriptions);
    peer.touch();
    Ok(())
}

pub(super) fn unsubscribe(peer: &Peer, params: &Params<'_>) -> Result<(), McpError> {
    let uri = params.required_text("uri")?;
    lock(&peer.subscriptions).remove(&*uri);
    peer.touch();
    Ok(())
}
