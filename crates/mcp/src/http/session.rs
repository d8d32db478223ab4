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
use crate::{handler::Event, legacy::Peer, sessions::SessionRecord, sync::lock};

/// How many finished response streams can still be replayed.
const MAX_STREAMS: usize = 32;
/// How often the store is asked about a session in use: a replica that missed the news goes wrong for no longer.
const LOOK_EVERY: Duration = Duration::from_secs(10);

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
    /// When the store was last asked about it; `None` if it must be asked again.
    looked: Mutex<Option<Instant>>,
}

impl Session {
    pub(super) fn new(id: String, binding: String, peer: Peer, events: broadcast::Receiver<Event>) -> Arc<Self> {
        let standalone = EventStream::standalone();
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
            looked: Mutex::new(Some(Instant::now())),
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

    /// Puts events on the stream of its GET.
    pub(super) fn notify(&self, events: &[Event]) {
        let wanted = self.peer.wanted();
        for message in events.iter().filter_map(|event| wanted.notification(event, None)) {
            self.standalone.push(message);
        }
    }

    /// The client may have missed anything.
    pub(super) fn tell_all_changed(&self) {
        let updated = self.peer.wanted().uris.into_iter().map(|uri| Event::ResourceUpdated { uri });
        let lists = [Event::ToolsChanged, Event::PromptsChanged, Event::ResourcesChanged];
        self.notify(&lists.into_iter().chain(updated).collect::<Vec<_>>());
    }

    pub(super) fn touch(&self) {
        *lock(&self.used) = Instant::now();
    }

    /// Whether it is time to ask the store again whether this is still the session that it keeps. Says so once.
    pub(super) fn is_due(&self) -> bool {
        let mut looked = lock(&self.looked);
        let due = looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        if due {
            *looked = Some(Instant::now());
        }
        due
    }

    /// Something may have been missed: the store is asked at the next use.
    pub(super) fn doubt(&self) {
        *lock(&self.looked) = None;
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
