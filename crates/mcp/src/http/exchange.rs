//! One POST from its body to its response: JSON if the answer comes first, a stream if something else does.

use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::response::{IntoResponse, Response};
use tokio_util::task::AbortOnDropHandle;

use super::{
    answer::Answer,
    session::Session,
    sse::{self, Resumable, Style},
    stream::EventStream,
};

/// What is known of a POST while it runs.
pub(super) struct Exchange {
    /// Where its notifications go; it becomes the response as soon as there is one.
    pub(super) stream: Arc<EventStream>,
    /// Whether the client takes a stream.
    pub(super) streams: bool,
    /// The legacy session that it belongs to, once that is known.
    pub(super) session: OnceLock<Arc<Session>>,
}

type Work = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A legacy request goes on when its client disconnects, because only `notifications/cancelled` cancels there; a modern
/// one is dropped, which cancels it.
struct Detach {
    work: Option<Work>,
    exchange: Arc<Exchange>,
}

impl Drop for Detach {
    fn drop(&mut self) {
        if let Some(work) = self.work.take()
            && self.exchange.session.get().is_some()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

impl Exchange {
    pub(super) fn new(streams: bool) -> Arc<Self> {
        let stream = EventStream::of_post();
        Arc::new(Self { stream, streams, session: OnceLock::new() })
    }

    /// Says that the request belongs to a legacy session.
    pub(super) fn attach(&self, session: Arc<Session>) {
        self.stream.keep(session.peer.polls());
        // Set once: a POST belongs to one session.
        let _ = self.session.set(session);
    }

    /// Runs `work` and decides how to respond, without a task of its own while there is nothing to stream.
    pub(super) async fn respond(self: Arc<Self>, work: Work, keep_alive: Duration, retry: Duration) -> Response {
        let mut detach = Detach { work: Some(work), exchange: self.clone() };
        let Some(running) = detach.work.as_mut() else { return Answer::accepted().into_response() };
        let answer = tokio::select! {
            biased;
            answer = running => Some(answer),
            () = self.stream.opened() => None,
        };
        let work = detach.work.take();
        match (answer, work) {
            (Some(answer), _) if !self.stream.has_events() => answer.into_response(),
            // It told something and ended before anybody could look.
            (Some(answer), _) => self.upgrade(Box::pin(ready(answer)), keep_alive, retry),
            (None, Some(work)) => self.upgrade(work, keep_alive, retry),
            (None, None) => Answer::accepted().into_response(),
        }
    }

    fn upgrade(&self, work: Work, keep_alive: Duration, retry: Duration) -> Response {
        let stream = self.stream.clone();
        let writer = tokio::spawn(async move {
            if let Some(message) = work.await.message {
                stream.push(message);
            }
            stream.end();
        });
        let reader = self.stream.read(None);
        match self.session.get() {
            None => {
                let writer = Some(AbortOnDropHandle::new(writer));
                sse::response(reader, writer, Style { keep_alive, resumable: None })
            }
            Some(session) => {
                session.keep(&self.stream);
                let resumable = Some(Resumable { retry, prime: session.peer.polls() });
                sse::response(reader, None, Style { keep_alive, resumable })
            }
        }
    }
}
