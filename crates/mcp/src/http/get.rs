//! GET: the stream of a legacy session, or the rest of one that broke off.

use std::{sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, request::Parts};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Inner, McpHttp,
    accept::{self, accepts},
    answer::{Answer, SESSION},
    not_allowed,
    session::Session,
    sse::{self, Resumable, Style, parse_event_id},
    stream::EventStream,
};
use crate::{
    Handler,
    events::{self, Step},
};

/// How often the store is asked about a session that only streams: an old record would be deleted.
const LOOK_EVERY: Duration = Duration::from_mins(10);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl<H: Handler> McpHttp<H> {
    pub(super) async fn get(&self, caller: &H::Caller, parts: &Parts) -> Response {
        if !parts.headers.contains_key(SESSION) {
            // Revision 2026-07-28 has no GET.
            return not_allowed("POST");
        }
        if !accepts(&parts.headers).sse {
            let message = "Accept must list text/event-stream";
            return Answer::refused(StatusCode::NOT_ACCEPTABLE, None, -32600, message).into_response();
        }
        match self.named_session(caller, parts).await {
            Err(refused) => refused.into_response(),
            Ok(session) => self.resume(&session, accept::value(&parts.headers, &LAST_EVENT_ID)),
        }
    }

    fn resume(&self, session: &Arc<Session>, last: Option<&str>) -> Response {
        let service = &self.0.service;
        let own = (session.standalone.id, session.standalone.newest());
        let (id, number) = match last.and_then(parse_event_id) {
            // From another process, or from before this one forgot the session: what came in between is not known here.
            Some((id, _)) if id != own.0 && EventStream::is_standalone(id) => {
                session.tell_all_changed();
                own
            }
            last => last.unwrap_or(own),
        };
        let Some(stream) = session.stream(id) else {
            let message = "the stream of this event id is gone; send `initialize` again";
            return Answer::refused(StatusCode::NOT_FOUND, None, -32600, message).into_response();
        };
        let writer = (id == session.standalone.id)
            .then(|| AbortOnDropHandle::new(tokio::spawn(forward(self.0.clone(), session.clone()))));
        let resumable = Some(Resumable { retry: service.options.retry, prime: session.peer.polls() });
        let style = Style { keep_alive: service.options.keep_alive, resumable };
        sse::response(stream.read(Some(number)), writer, style)
    }
}

/// Puts the handler's events on the session's stream. They wait in the receiver while the client is away.
async fn forward<H: Handler>(inner: Arc<Inner<H>>, session: Arc<Session>) {
    let mut receiver = session.events.clone().lock_owned().await;
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks.tick().await;
    loop {
        let step = tokio::select! {
            () = inner.service.closing.cancelled() => Step::End,
            () = session.ended.cancelled() => Step::End,
            step = events::next(&mut receiver) => step,
            _ = looks.tick() => {
                inner.sessions.look(&session).await;
                continue;
            }
        };
        let Step::Events(events) = step else { break };
        session.notify(&events);
    }
    session.standalone.end();
}
