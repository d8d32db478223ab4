//! Requests of revisions up to 2025-11-25.

use std::sync::Arc;

use futures::future::join_all;
use http::StatusCode;
use tokio_util::sync::CancellationToken;

use super::{
    accept,
    answer::{Answer, SESSION},
    post::{Post, refuse},
    session::Session,
};
use crate::{
    Client, Era, Handler, InputMode, McpError, ProgressSink, RequestContext,
    envelope::{Message, Params, Request, scan_batch},
    era::Revision,
    legacy::{self, Conversation, initialize},
    modern::traceparent,
    outlet::{CallSink, Outlet, cancelled},
};

impl<H: Handler> Post<H> {
    pub(super) async fn legacy(&self, message: &Message<'_>) -> Answer {
        if let Message::Request(request) = message
            && request.method == "initialize"
        {
            return self.initialize(request).await;
        }
        let session = match self.session().await {
            Ok(session) => session,
            Err(refused) => return refused,
        };
        match message {
            Message::Request(request) => {
                self.exchange.attach(session.clone());
                let outlet = self.exchange.streams.then(|| -> Arc<dyn Outlet> { self.exchange.stream.clone() });
                self.legacy_request(&session, request, outlet).await
            }
            other => {
                take(&session, other);
                Answer::accepted()
            }
        }
    }

    async fn initialize(&self, request: &Request<'_>) -> Answer {
        let peer = match initialize::read(request) {
            Ok(peer) => peer,
            Err(error) => return Answer::error(request.id.as_json(), error, Era::Legacy),
        };
        let service = &self.http.0.service;
        let identity = service.handler.identity(&self.caller);
        let message = initialize::answer(request, &peer, identity);
        let session = self.http.0.sessions.create(&*service.handler, &self.caller, peer, &service.options).await;
        Answer { session: Some(session.id.clone()), ..Answer::ok(message) }
    }

    /// The session that the request names.
    pub(super) async fn session(&self) -> Result<Arc<Session>, Answer> {
        self.http.named_session(&self.caller, &self.parts).await
    }

    async fn legacy_request(
        &self,
        session: &Session,
        request: &Request<'_>,
        outlet: Option<Arc<dyn Outlet>>,
    ) -> Answer {
        let id = request.id;
        let cancel = CancellationToken::new();
        let _registration = session.peer.running.register(id.to_owned(), cancel.clone());
        let service = &*self.http.0.service;
        let result = match self.legacy_context(session, &request.params, outlet.as_ref(), cancel.clone()) {
            Err(error) => Err(error),
            Ok(cx) => {
                let conversation = Conversation { peer: &session.peer, outlet: outlet.as_ref() };
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => Err(cancelled()),
                    result = legacy::respond(service, &cx, request, &conversation) => result,
                }
            }
        };
        self.http.0.sessions.save(session).await;
        match result {
            Ok(message) => Answer::ok(message),
            Err(error) => Answer::error(id.as_json(), error, Era::Legacy),
        }
    }

    fn legacy_context(
        &self,
        session: &Session,
        params: &Params<'_>,
        outlet: Option<&Arc<dyn Outlet>>,
        cancel: CancellationToken,
    ) -> Result<RequestContext<H::Caller>, McpError> {
        let meta = params.nested("_meta")?;
        let progress_token = CallSink::progress_token(&meta)?;
        let peer = &session.peer;
        let input = if outlet.is_some() { InputMode::Inline } else { InputMode::None };
        let sink = outlet.map(|outlet| -> Arc<dyn ProgressSink> {
            Arc::new(CallSink { outlet: outlet.clone(), progress_token, level: Some(peer.level()) })
        });
        Ok(RequestContext {
            caller: self.caller.clone(),
            client: Client::new(Era::Legacy, input, peer.capabilities.clone(), peer.info.clone(), sink),
            cancel,
            request_id: self.request_id(),
            traceparent: traceparent(&meta),
        })
    }

    /// A batch: its requests run at the same time, and cannot reach the client meanwhile.
    pub(super) async fn batch(&self, body: &[u8]) -> Answer {
        let messages = match scan_batch(body) {
            Ok(messages) => messages,
            Err(error) => return refuse(&error),
        };
        let session = match self.session().await {
            Ok(session) => session,
            Err(refused) => return refused,
        };
        if session.peer.revision != Revision::V2025_03_26 {
            let message = "batches exist in revision 2025-03-26 only; send one message a request";
            return Answer::refused(StatusCode::BAD_REQUEST, None, -32600, message);
        }
        self.exchange.attach(session.clone());
        let answers = messages.iter().map(|message| async {
            match message {
                Ok(Message::Request(request)) => self.legacy_request(&session, request, None).await.message,
                Ok(other) => {
                    take(&session, other);
                    None
                }
                Err(error) => refuse(error).message,
            }
        });
        let answers: Vec<_> = join_all(answers).await.into_iter().flatten().collect();
        if answers.is_empty() { Answer::accepted() } else { Answer::ok(array(&answers)) }
    }
}

/// Takes a message that wants no answer.
fn take(session: &Session, message: &Message<'_>) {
    match message {
        Message::Notification(notification) => legacy::notified(&session.peer, notification),
        Message::Response(response) => session.peer.pending.answer(response),
        Message::Request(_) => {}
    }
}

fn array(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut array = vec![b'['];
    array.extend_from_slice(&messages.join(&b','));
    array.push(b']');
    array
}

impl<H: Handler> super::McpHttp<H> {
    /// The caller's session that `Mcp-Session-Id` names: 400 without the header, 404 for a session that there is not, or
    /// not for this caller.
    pub(super) async fn named_session(
        &self,
        caller: &H::Caller,
        parts: &http::request::Parts,
    ) -> Result<Arc<Session>, Answer> {
        let Some(id) = accept::value(&parts.headers, &SESSION) else {
            let message = "the header Mcp-Session-Id is missing: send `initialize` first, or a request of 2026-07-28";
            return Err(Answer::refused(StatusCode::BAD_REQUEST, None, -32600, message));
        };
        let service = &self.0.service;
        let session = self.0.sessions.find(&*service.handler, caller, id, &service.options).await;
        session.ok_or_else(|| {
            let message = "there is no such session; send `initialize` again";
            Answer::refused(StatusCode::NOT_FOUND, None, -32600, message)
        })
    }
}
