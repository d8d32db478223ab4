//! Requests of revisions up to 2025-11-25.

use std::sync::Arc;

use futures::future::join_all;
use http::StatusCode;

use super::{
    accept,
    answer::{Answer, SESSION},
    post::{Post, refuse},
    session::Session,
};
use crate::{
    Era, Handler,
    envelope::{Message, Request, scan_batch},
    era::Revision,
    legacy::{self, Conversation, initialize},
    outlet::{Outlet, cancelled},
    reply::join_array,
    sessions::Unknown,
    tracking::Tracking,
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
                self.legacy_request(&session, request, self.outlet()).await
            }
            other if self.http.0.sessions.take(&session, other) => Answer::accepted(),
            _ => too_large(),
        }
    }

    async fn initialize(&self, request: &Request<'_>) -> Answer {
        let peer = match initialize::read(request) {
            Ok(peer) => peer,
            Err(error) => return Answer::error(Some(request.id.as_json()), error, Era::Legacy),
        };
        let service = &self.http.0.service;
        if let Err(error) = service.handler.admit(&self.caller).await {
            return Answer::error(Some(request.id.as_json()), error, Era::Legacy);
        }
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
        let service = &*self.http.0.service;
        let conversation = Conversation { peer: &session.peer, outlet: outlet.as_ref() };
        let tracking = Tracking::of(&self.parts.headers);
        let result = legacy::respond(service, self.caller.clone(), tracking, request, &conversation).await;
        self.http.0.sessions.save(session).await;
        match result.unwrap_or_else(|| Err(cancelled())) {
            Ok(message) => Answer::ok(message),
            Err(error) => Answer::error(Some(request.id.as_json()), error, Era::Legacy),
        }
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
                Ok(other) if self.http.0.sessions.take(&session, other) => None,
                Ok(_) => too_large().message,
                Err(error) => refuse(error).message,
            }
        });
        let answers: Vec<_> = join_all(answers).await.into_iter().flatten().collect();
        if answers.is_empty() { Answer::accepted() } else { Answer::ok(join_array(&answers)) }
    }
}

/// The call that waits for this answer runs in another replica.
fn too_large() -> Answer {
    let message = "the answer is too large to reach the call that it is for; send a smaller one";
    Answer::refused(StatusCode::PAYLOAD_TOO_LARGE, None, -32600, message)
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
        match self.0.sessions.find(&*service.handler, caller, id, &service.options).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => {
                let message = "there is no such session; send `initialize` again";
                Err(Answer::refused(StatusCode::NOT_FOUND, None, -32600, message))
            }
            Err(Unknown) => {
                let message = "sessions cannot be read now; send the request again soon";
                let refused = Answer::refused(StatusCode::SERVICE_UNAVAILABLE, None, -32603, message);
                Err(Answer { retry_after: Some(1), ..refused })
            }
        }
    }
}
