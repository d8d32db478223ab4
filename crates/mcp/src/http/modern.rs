//! Requests of revision 2026-07-28.

use std::sync::Arc;

use http::StatusCode;
use tokio_util::sync::CancellationToken;

use super::{answer::Answer, post::Post};
use crate::{
    Era, Handler, McpError,
    envelope::{Message, Request},
    modern::{self, Meta, Transport, headers},
    outlet::Outlet,
    tracking::Tracking,
};

impl<H: Handler> Post<H> {
    pub(super) async fn modern(&self, message: &Message<'_>) -> Answer {
        match message {
            Message::Request(request) => self.modern_request(request).await,
            // The revision defines no notification over HTTP; extensions may.
            Message::Notification(_) => Answer::accepted(),
            Message::Response(_) => {
                let message = "this revision has no requests from the server, so there is nothing to respond to";
                Answer::refused(StatusCode::BAD_REQUEST, None, -32600, message)
            }
        }
    }

    async fn modern_request(&self, request: &Request<'_>) -> Answer {
        let id = Some(request.id.as_json());
        let meta = match Meta::read(&request.params) {
            Ok(meta) => meta,
            Err(error) => return Answer::error(id, error, Era::Modern).with_status(StatusCode::BAD_REQUEST),
        };
        if let Err(error) = headers::check(&self.parts.headers, request, &meta) {
            let target = headers::mirrored_name(&request.method).and_then(|member| request.params.text(member).ok()?);
            let handler = &self.http.0.service.handler;
            handler.refused(&self.caller, &request.method, target.as_deref().unwrap_or_default(), &error).await;
            return Answer::error(id, error, Era::Modern);
        }
        match self.modern_result(request, meta).await {
            Ok(message) => Answer::ok(message),
            Err(error) => Answer::error(id, error, Era::Modern),
        }
    }

    async fn modern_result(&self, request: &Request<'_>, meta: Meta) -> Result<Vec<u8>, McpError> {
        let transport = Transport {
            outlet: self.outlet(),
            header_params: Some(headers::params(&self.parts.headers)?),
            tracking: Tracking::of(&self.parts.headers),
            ending: self.http.0.service.closing.clone(),
        };
        // Dropped with this future when the client closes the stream: that is how modern clients cancel.
        let cancel = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        let service = &*self.http.0.service;
        let result = modern::respond(service, self.caller.clone(), request, meta, transport, cancel).await;
        guard.disarm();
        result
    }

    /// The way to the client while the request runs.
    pub(super) fn outlet(&self) -> Option<Arc<dyn Outlet>> {
        self.exchange.streams.then(|| -> Arc<dyn Outlet> { self.exchange.stream.clone() })
    }
}
