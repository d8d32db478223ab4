//! What a line asks for, and the answer to it.

use std::sync::Arc;

use futures::future::join_all;
use rmcp::model::{ErrorCode, ErrorData};

use super::connection::Connection;
use crate::{
    Era, Handler, McpError,
    envelope::{EnvelopeError, Message, OwnedId, Request, is_batch, scan, scan_batch},
    era::Revision,
    legacy::{self, Conversation, initialize},
    modern::Meta,
    outlet::Outlet,
    reply::{error_data, error_message, join_array},
    tracking::Tracking,
};

impl<H: Handler> Connection<H> {
    /// The answer to a line; `None` if there is none.
    pub(super) async fn answer(self: &Arc<Self>, line: &[u8]) -> Option<Vec<u8>> {
        if is_batch(line) {
            return self.batch(line).await;
        }
        match scan(line) {
            Ok(message) => self.message(&message, true).await,
            Err(error) => Some(refusal(&error)),
        }
    }

    async fn message(self: &Arc<Self>, message: &Message<'_>, alone: bool) -> Option<Vec<u8>> {
        let Message::Request(request) = message else {
            self.take_silently(message);
            return None;
        };
        let result = if Meta::is_modern(&request.params) {
            self.modern(request).await?
        } else if request.method == "initialize" && alone {
            self.initialize(request)
        } else {
            self.legacy(request, alone).await?
        };
        Some(result.unwrap_or_else(|(error, era)| failure(request, error, era)))
    }

    /// Messages that want no answer. A cancellation does not say which era it belongs to; ids are unique in both.
    fn take_silently(self: &Arc<Self>, message: &Message<'_>) {
        let peer = self.peer();
        if let Message::Notification(notification) = message {
            if notification.method == "notifications/cancelled"
                && let Some(id) = notification.params.raw("requestId").and_then(OwnedId::from_raw)
            {
                self.running.cancel(&id);
            }
            if notification.method == "notifications/initialized"
                && let Some(peer) = &peer
            {
                self.forward_events(peer.clone());
            }
        }
        if let Some(peer) = &peer {
            legacy::take(peer, message);
        }
    }

    fn initialize(&self, request: &Request<'_>) -> Result<Vec<u8>, (McpError, Era)> {
        let peer = initialize::read(request).map_err(|error| (error, Era::Legacy))?;
        let identity = self.service.handler.identity(&self.caller);
        let answer = initialize::answer(request, &peer, identity);
        self.set_peer(Arc::new(peer));
        Ok(answer)
    }

    async fn legacy(&self, request: &Request<'_>, alone: bool) -> Option<Result<Vec<u8>, (McpError, Era)>> {
        let Some(peer) = self.peer() else { return Some(Err((not_initialized(), Era::Legacy))) };
        let outlet: Arc<dyn Outlet> = self.outlet.clone();
        let conversation = Conversation { peer: &peer, outlet: alone.then_some(&outlet) };
        let (caller, tracking) = (self.caller.clone(), Tracking::new());
        let result = legacy::respond(&self.service, caller, tracking, request, &conversation).await?;
        Some(result.map_err(|error| (error, Era::Legacy)))
    }

    async fn batch(self: &Arc<Self>, line: &[u8]) -> Option<Vec<u8>> {
        let messages = match scan_batch(line) {
            Ok(messages) => messages,
            Err(error) => return Some(refusal(&error)),
        };
        if self.peer().is_none_or(|peer| peer.revision != Revision::V2025_03_26) {
            let message = "batches exist in revision 2025-03-26 only; send one message a line";
            return Some(error_message(None, &ErrorData::new(ErrorCode::INVALID_REQUEST, message, None)));
        }
        let answers = messages.iter().map(|message| async {
            match message {
                Ok(message) => self.message(message, false).await,
                Err(error) => Some(refusal(error)),
            }
        });
        let answers: Vec<_> = join_all(answers).await.into_iter().flatten().collect();
        (!answers.is_empty()).then(|| join_array(&answers))
    }
}

fn failure(request: &Request<'_>, error: McpError, era: Era) -> Vec<u8> {
    error_message(Some(request.id.as_json()), &error_data(error, era))
}

fn refusal(error: &EnvelopeError) -> Vec<u8> {
    let data = ErrorData::new(ErrorCode(error.code()), error.to_string(), None);
    error_message(error.id().map(OwnedId::as_json), &data)
}

fn not_initialized() -> McpError {
    let message = "send `initialize` first, or a request with the `_meta` of 2026-07-28";
    McpError::Raw(ErrorData::new(ErrorCode::INVALID_REQUEST, message, None))
}
