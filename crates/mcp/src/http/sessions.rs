//! The legacy sessions of this process, and the store behind them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::time::{Duration, Instant};

use super::session::Session;
use crate::{Handler, handler::SessionStore, legacy::Peer, service::Options, sync::lock};

/// How often idle sessions are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

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

    /// Begins a session.
    pub(super) async fn create<H: Handler>(
        &self,
        handler: &H,
        caller: &H::Caller,
        peer: Peer,
        options: &Options,
    ) -> Arc<Session> {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let session = Session::new(id, handler.binding(caller), peer, handler.events(caller));
        let crowded_out = lock(&self.live).crowded_out(&session.binding, options.max_sessions_per_caller);
        if let Some(earlier) = crowded_out {
            self.remove(&earlier).await;
        }
        self.insert(&session, options);
        self.save(&session).await;
        session
    }

    /// The caller's session of this id: from memory, else from the store, where another replica or process put it.
    pub(super) async fn find<H: Handler>(
        &self,
        handler: &H,
        caller: &H::Caller,
        id: &str,
        options: &Options,
    ) -> Option<Arc<Session>> {
        let binding = handler.binding(caller);
        let live = lock(&self.live).by_id.get(id).cloned();
        if let Some(session) = live {
            session.touch();
            return (session.binding == binding).then_some(session);
        }
        let record = self.store.as_ref()?.load(id).await?;
        if record.binding != binding {
            return None;
        }
        let peer = Peer::from_state(&record.protocol_version, &record.state)?;
        let loaded = Session::new(record.id, binding, peer, handler.events(caller));
        Some(self.insert(&loaded, options))
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
        }
    }

    /// Ends a session for good.
    pub(super) async fn remove(&self, session: &Session) {
        lock(&self.live).by_id.remove(&session.id);
        session.end();
        if let Some(store) = &self.store {
            store.remove(&session.id).await;
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
