//! One request over HTTP: its POST, and the messages of its response.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Response};
use hyper::body::Incoming as Body;
use serde_json::json;

use super::{HttpLink, SESSION, body, body::Stream};
use crate::{
    error::LinkError,
    wire::{self, Incoming},
};

/// How long to wait before a stream is asked for again, if the upstream does not say.
const RETRY: Duration = Duration::from_secs(1);
/// How long an upstream may make us wait.
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// A request that was sent over HTTP.
pub(crate) struct HttpExchange {
    link: Arc<HttpLink>,
    id: u64,
    max_bytes: usize,
    state: State,
    /// The session that the upstream named in its response.
    session: Option<HeaderValue>,
}

enum State {
    /// Sent; nothing came yet.
    Sent,
    Json(Body),
    Stream(Box<Stream>),
    /// Nothing is under way.
    Done,
}

impl HttpExchange {
    pub(super) const fn new(link: Arc<HttpLink>, id: u64, max_bytes: usize) -> Self {
        Self { link, id, max_bytes, state: State::Sent, session: None }
    }

    pub(super) fn begin(&mut self, response: Response<Body>) {
        self.session = response.headers().get(SESSION).cloned();
        self.state = if body::is_stream(response.headers()) {
            State::Stream(Box::new(Stream::new(response.into_body(), self.max_bytes)))
        } else if body::is_json(response.headers()) {
            State::Json(response.into_body())
        } else {
            State::Sent
        };
    }

    pub(super) fn forget(&mut self) {
        self.state = State::Done;
    }

    pub(in crate::link) fn link(&self) -> &HttpLink {
        &self.link
    }

    /// The legacy session that the response names.
    pub(crate) fn session(&self) -> Option<HeaderValue> {
        self.session.clone()
    }

    pub(in crate::link) async fn next(&mut self) -> Result<Incoming, LinkError> {
        let next = self.read().await;
        if matches!(next, Ok(Incoming::Answer { .. }) | Err(_)) {
            self.state = State::Done;
        }
        next
    }

    async fn read(&mut self) -> Result<Incoming, LinkError> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Json(body) => {
                let incoming = wire::read(&body::whole(body, self.max_bytes).await?)?;
                self.accept(incoming)
            }
            State::Stream(stream) => {
                self.state = State::Stream(stream);
                loop {
                    let Some(data) = self.event().await? else {
                        self.poll_again().await?;
                        continue;
                    };
                    return self.accept(wire::read(&data)?);
                }
            }
            State::Sent => Err(LinkError::garbage("the response is neither JSON nor a stream of events")),
            State::Done => Err(LinkError::Closed(None)),
        }
    }

    async fn event(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        match &mut self.state {
            State::Stream(stream) => Ok(stream.next().await?.map(|event| event.data)),
            _ => Ok(None),
        }
    }

    /// An answer to something else is a broken upstream.
    fn accept(&self, incoming: Incoming) -> Result<Incoming, LinkError> {
        match incoming {
            // An error may come without an id: the upstream could not read it.
            Incoming::Answer { id, outcome: Err(error) } if id.is_none_or(|id| id == self.id) => {
                Ok(Incoming::Answer { id, outcome: Err(error) })
            }
            Incoming::Answer { id, .. } if id != Some(self.id) => {
                Err(LinkError::garbage("the answer has another id than the request"))
            }
            other => Ok(other),
        }
    }

    /// A stream ended before its answer: a legacy upstream may want to be asked again (SEP-1699).
    async fn poll_again(&mut self) -> Result<(), LinkError> {
        let legacy = self.link.is_legacy();
        let State::Stream(stream) = &mut self.state else { return Err(LinkError::Closed(None)) };
        let Some(last) = stream.decoder.last_id.clone().filter(|_| legacy) else {
            return Err(LinkError::Closed(None));
        };
        tokio::time::sleep(stream.decoder.retry.unwrap_or(RETRY).min(LONGEST_RETRY)).await;
        let response = self.link.get(Some(&last)).await?;
        stream.resume(response.into_body());
        Ok(())
    }
}

impl Drop for HttpExchange {
    fn drop(&mut self) {
        // In the modern era the closed stream says it.
        if matches!(self.state, State::Done) || !self.link.is_legacy() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let params = json!({ "requestId": self.id, "reason": "the caller gave it up" });
            let (link, message) = (self.link.clone(), wire::notification("notifications/cancelled", &params));
            runtime.spawn(async move { link.post_small(message).await });
        }
    }
}
