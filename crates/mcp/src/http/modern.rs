//! Requests of revision 2026-07-28.

use std::sync::Arc;

use http::StatusCode;
use tokio_util::sync::CancellationToken;

use super::{answer::Answer, post::Post};
use crate::{
    Client, Era, Handler, InputMode, McpError, ProgressSink, RequestContext,
    envelope::{Message, Request},
    modern::{self, Meta, headers, listen},
    outlet::{CallSink, Outlet},
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
        let id = request.id.as_json();
        let meta = match Meta::read(&request.params) {
            Ok(meta) => meta,
            Err(error) => return Answer::error(id, error, Era::Modern).with_status(StatusCode::BAD_REQUEST),
        };
        if let Err(error) = headers::check(&self.parts.headers, request, &meta) {
            return Answer::error(id, error, Era::Modern);
        }
        match self.modern_result(request, meta).await {
            Ok(message) => Answer::ok(message),
            Err(error) => Answer::error(id, error, Era::Modern),
        }
    }

    async fn modern_result(&self, request: &Request<'_>, meta: Meta) -> Result<Vec<u8>, McpError> {
        let service = &*self.http.0.service;
        let params = headers::params(&self.parts.headers)?;
        // Dropped with this future when the client closes the stream: that is how modern clients cancel.
        let cancel = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        let cx = self.modern_context(meta, cancel);
        let result = if request.method == "subscriptions/listen" {
            self.listen(&cx, request).await
        } else {
            modern::respond(service, &cx, request, Some(params)).await
        };
        guard.disarm();
        result
    }

    async fn listen(&self, cx: &RequestContext<H::Caller>, request: &Request<'_>) -> Result<Vec<u8>, McpError> {
        if !self.exchange.streams {
            return Err(McpError::InvalidParams("subscriptions need `Accept: text/event-stream`".to_owned()));
        }
        let outlet: Arc<dyn Outlet> = self.exchange.stream.clone();
        listen::respond(&self.http.0.service, cx, request, &outlet).await
    }

    fn modern_context(&self, meta: Meta, cancel: CancellationToken) -> RequestContext<H::Caller> {
        let sink = self.exchange.streams.then(|| -> Arc<dyn ProgressSink> {
            let outlet = self.exchange.stream.clone();
            Arc::new(CallSink { outlet, progress_token: meta.progress_token, level: meta.level })
        });
        RequestContext {
            caller: self.caller.clone(),
            client: Client::new(Era::Modern, InputMode::Rounds, meta.capabilities, meta.info, sink),
            cancel,
            request_id: self.request_id(),
            traceparent: meta.traceparent,
        }
    }

    /// The id in the log: the caller's, or one of our own.
    pub(super) fn request_id(&self) -> Arc<str> {
        let given = self.parts.headers.get("x-request-id").and_then(|value| value.to_str().ok());
        given.map_or_else(|| uuid::Uuid::now_v7().simple().to_string().into(), Into::into)
    }
}
