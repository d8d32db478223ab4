//! The legacy sessions of this process, and the store behind them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::time::{Duration, Instant};

use futures::{StreamExt, stream::BoxStream};

use super::session::Session;
use crate::{
    Handler,
    envelope::{Message, scan},
    legacy::{self, Peer, Taken},
    service::Options,
    sessions::{SessionNews, SessionStore, Unknown},
    sync::lock,
};

/// How often idle sessions are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// The largest answer of a client that travels to another replica, in bytes.
const MAX_FORWARDED: usize = 256 * 1024;

pub(super) struct Sessions {
    live: Mutex<Live>,
    store: Option<Arc<dyn SessionStore>>,
}

struct Live {
    by_id: HashMap<String, Arc<Session>>,
    swept: Instant,
}

impl Sessions {
    pub(super) fn new(store: Option<Arc<dyn SessionStore>>) -> Self {
        Self { live: Mutex::new(Live { by_id: HashMap::new(), swept: Instant::now() }), store }
    }

    /// What other replicas tell; nothing without a store.
    pub(super) fn news(&self) -> BoxStream<'static, SessionNews> {
        self.store.as_ref().map_or_else(|| futures::stream::empty().boxed(), |store| store.news())
    }

    /// Begins a session.
    pub(super) async fn create<H: Handler>(
        &self,
        handler: &H,
        caller: &H::Caller,
        peer: Peer,
        options: &Options,
    ) -> Arc<Session> {
        let id = uuid::Uuid::new_v4().to_string();
        let session = Session::new(id, handler.binding(caller), peer, handler.events(caller));
        let crowded_out = lock(&self.live).crowded_out(&session.binding, options.max_sessions_per_caller);
        if let Some(earlier) = crowded_out {
            self.remove(&earlier).await;
        }
        self.insert(&session, options);
        self.save(&session).await;
        session
    }

    /// The caller's session of this id: from memory, else from the store, where another replica or process put it. An
    /// error says that the store does not answer.
    pub(super) async fn find<H: Handler>(
        &self,
        handler: &H,
        caller: &H::Caller,
        id: &str,
        options: &Options,
    ) -> Result<Option<Arc<Session>>, Unknown> {
        let binding = handler.binding(caller);
        if let Some(session) = self.live(id) {
            session.touch();
            let here = session.binding == binding && (!session.is_due() || self.look(&session).await);
            return Ok(here.then_some(session));
        }
        let record = match &self.store {
            Some(store) => store.load(id).await?.filter(|record| record.binding == binding),
            None => None,
        };
        Ok(record.and_then(|record| {
            let peer = Peer::from_state(&record.protocol_version, &record.state)?;
            let loaded = Session::new(record.id, binding, peer, handler.events(caller));
            Some(self.insert(&loaded, options))
        }))
    }

    fn live(&self, id: &str) -> Option<Arc<Session>> {
        lock(&self.live).by_id.get(id).cloned()
    }

    /// Asks the store about a session of this process: takes over what changed, and ends it if it is gone; false then.
    pub(super) async fn look(&self, session: &Session) -> bool {
        let Some(store) = &self.store else { return true };
        match store.load(&session.id).await {
            Ok(Some(record)) if record.binding == session.binding => session.peer.refresh_from(&record.state),
            Ok(_) => {
                lock(&self.live).by_id.remove(&session.id);
                session.end();
                return false;
            }
            // What is known here is good enough while the store does not answer.
            Err(Unknown) => {}
        }
        true
    }

    /// Takes word of another replica.
    pub(super) async fn heed(&self, news: SessionNews) {
        match news {
            SessionNews::Changed { session } => {
                if let Some(session) = self.live(&session) {
                    self.look(&session).await;
                }
            }
            SessionNews::Message { session, message } => {
                if let (Some(session), Ok(message)) = (self.live(&session), scan(message.as_bytes())) {
                    legacy::take(&session.peer, &message);
                }
            }
            SessionNews::Missed => lock(&self.live).by_id.values().for_each(|session| session.doubt()),
        }
    }

    /// Takes a message that wants no answer, or passes it on to the replica that holds what it is about. False if it is
    /// too large for that.
    pub(super) fn take(&self, session: &Session, message: &Message<'_>) -> bool {
        if legacy::take(&session.peer, message) == Taken::Done {
            return true;
        }
        let (Some(store), Some(message)) = (&self.store, legacy::forwarded(message)) else { return true };
        let fits = message.len() <= MAX_FORWARDED;
        if fits {
            store.tell(SessionNews::Message { session: session.id.clone(), message });
        }
        fits
    }

    /// Puts a session in, unless another request just did, and makes room for it.
    fn insert(&self, session: &Arc<Session>, options: &Options) -> Arc<Session> {
        let mut live = lock(&self.live);
        live.make_room(options);
        live.by_id.entry(session.id.clone()).or_insert_with(|| session.clone()).clone()
    }

    pub(super) fn count(&self) -> usize {
        lock(&self.live).by_id.len()
    }

    /// Keeps what changed of a session.
    pub(super) async fn save(&self, session: &Session) {
        if session.peer.take_changed()
            && let Some(store) = &self.store
        {
            store.save(session.record()).await;
            store.tell(SessionNews::Changed { session: session.id.clone() });
        }
    }

    /// Ends a session for good.
    pub(super) async fn remove(&self, session: &Session) {
        lock(&self.live).by_id.remove(&session.id);
        session.end();
        if let Some(store) = &self.store {
            store.remove(&session.id).await;
            store.tell(SessionNews::Changed { session: session.id.clone() });
        }
    }
}

impl Live {
    /// The longest idle session of a caller that has as many as it may.
    fn crowded_out(&self, binding: &str, most: usize) -> Option<Arc<Session>> {
        let own: Vec<_> = self.by_id.values().filter(|session| session.binding == binding).collect();
        if own.len() < most {
            return None;
        }
        own.into_iter().max_by_key(|session| session.idle()).cloned()
    }

    /// Forgets idle sessions, and of too many the one that was idle for longest.
    fn make_room(&mut self, options: &Options) {
        let full = self.by_id.len() >= options.max_sessions;
        if !full && self.swept.elapsed() < SWEEP_EVERY {
            return;
        }
        self.swept = Instant::now();
        self.by_id.retain(|_, session| session.idle() < options.session_idle);
        if self.by_id.len() < options.max_sessions {
            return;
        }
        let idlest = self.by_id.values().max_by_key(|session| session.idle()).map(|session| session.id.clone());
        if let Some(session) = idlest.and_then(|id| self.by_id.remove(&id)) {
            session.end();
        }
    }
}
