//! What a POST carries, and which era it is of.

use std::sync::Arc;

use bytes::Bytes;
use http::{StatusCode, request::Parts};

use super::{McpHttp, accept, answer::Answer, exchange::Exchange};
use crate::{
    Era, Handler,
    envelope::{EnvelopeError, Message, is_batch, scan},
    era::Revision,
    modern::{Meta, headers},
};

/// A POST on its way.
pub(super) struct Post<H: Handler> {
    pub(super) http: McpHttp<H>,
    pub(super) caller: H::Caller,
    pub(super) parts: Parts,
    pub(super) exchange: Arc<Exchange>,
}

/// Answers a POST.
pub(super) async fn process<H: Handler>(
    http: McpHttp<H>,
    caller: H::Caller,
    parts: Parts,
    body: Bytes,
    exchange: Arc<Exchange>,
) -> Answer {
    let service = http.0.service.clone();
    let _running = service.running.token();
    let post = Post { http, caller, parts, exchange };
    if is_batch(&body) {
        return post.batch(&body).await;
    }
    let message = match scan(&body) {
        Ok(message) => message,
        Err(error) => return refuse(&error),
    };
    match post.era(&message) {
        Err(refused) => refused,
        Ok(Era::Modern) => post.modern(&message).await,
        Ok(Era::Legacy) => post.legacy(&message).await,
    }
}

/// A body that is no message.
pub(super) fn refuse(error: &EnvelopeError) -> Answer {
    let id = error.id().map(crate::envelope::OwnedId::as_json);
    Answer::refused(StatusCode::BAD_REQUEST, id, error.code(), error.to_string())
}

impl<H: Handler> Post<H> {
    /// The era: `_meta` says that a request is modern, `initialize` that it is not; otherwise the version header decides.
    fn era(&self, message: &Message<'_>) -> Result<Era, Answer> {
        let header = accept::value(&self.parts.headers, &headers::VERSION);
        let id = match message {
            Message::Request(request) if Meta::is_modern(&request.params) => return Ok(Era::Modern),
            Message::Request(request) if request.method == "initialize" => return Ok(Era::Legacy),
            Message::Request(request) => Some(request.id.as_json()),
            Message::Notification(_) | Message::Response(_) => None,
        };
        match header.map(|version| (version, Revision::parse(version))) {
            None => Ok(Era::Legacy),
            Some((_, Some(revision))) => Ok(revision.era()),
            Some((version, None)) => Err(Answer::error(id, headers::unsupported_version(version), Era::Modern)),
        }
    }
}
