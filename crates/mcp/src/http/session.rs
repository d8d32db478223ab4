//! One legacy session over HTTP.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    sync::broadcast,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

use super::stream::EventStream;
use crate::{
    handler::{Event, SessionRecord},
    legacy::Peer,
    sync::lock,
};

/// How many finished response streams can still be replayed.
const MAX_STREAMS: usize = 32;

/// A legacy session: the peer, and its streams in this process.
pub(crate) struct Session {
    pub(super) id: String,
    pub(super) binding: String,
    pub(crate) peer: Peer,
    /// What a GET streams; kept while the client is away.
    pub(super) standalone: Arc<EventStream>,
    /// Held by the GET that streams.
    pub(super) events: Arc<tokio::sync::Mutex<broadcast::Receiver<Event>>>,
    /// Cancelled when the session ends.
    pub(super) ended: CancellationToken,
    streams: Mutex<VecDeque<Arc<EventStream>>>,
    used: Mutex<Instant>,
}

impl Session {
    pub(super) fn new(id: String, binding: String, peer: Peer, events: broadcast::Receiver<Event>) -> Arc<Self> {
        // The same in every replica, so that a client can come back with its last event id to any of them.
        let standalone = EventStream::new(0);
        standalone.keep(peer.polls());
        Arc::new(Self {
            id,
            binding,
            peer,
            standalone,
            events: Arc::new(tokio::sync::Mutex::new(events)),
            ended: CancellationToken::new(),
            streams: Mutex::default(),
            used: Mutex::new(Instant::now()),
        })
    }

    /// As the store keeps it.
    pub(super) fn record(&self) -> SessionRecord {
        SessionRecord {
            id: self.id.clone(),
            binding: self.binding.clone(),
            protocol_version: self.peer.revision.as_str().to_owned(),
            state: self.peer.to_state(),
        }
    }

    /// Keeps a response stream for `Last-Event-ID`; of too many the oldest that has ended is forgotten.
    pub(super) fn keep(&self, stream: &Arc<EventStream>) {
        let mut streams = lock(&self.streams);
        if streams.len() >= MAX_STREAMS {
            let oldest = streams.iter().position(|stream| stream.has_ended()).unwrap_or(0);
            streams.remove(oldest);
        }
        streams.push_back(stream.clone());
    }

    /// A stream that can be replayed.
    pub(super) fn stream(&self, id: u64) -> Option<Arc<EventStream>> {
        if id == self.standalone.id {
            return Some(self.standalone.clone());
        }
        lock(&self.streams).iter().find(|stream| stream.id == id).cloned()
    }

    pub(super) fn touch(&self) {
        *lock(&self.used) = Instant::now();
    }

    /// How long nothing has happened; zero while a request runs or a GET streams.
    pub(super) fn idle(&self) -> Duration {
        if self.peer.running.is_empty() && self.events.try_lock().is_ok() {
            return lock(&self.used).elapsed();
        }
        Duration::ZERO
    }

    /// Cancels what runs, and ends the streams.
    pub(super) fn end(&self) {
        self.ended.cancel();
        self.peer.running.cancel_all();
        self.standalone.end();
    }
}
