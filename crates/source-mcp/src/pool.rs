//! Keeps sessions warm: opened once, used by many calls, opened anew when they end.
//!
//! A legacy session declares once what can be asked, so callers that can be asked for different things have different
//! sessions, and nobody is asked on the session of somebody else. A modern upstream hears it with each request: there
//! one session serves all.

mod lease;
mod room;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use puente_domain::Subject;
use puente_mcp::Era;
use rmcp::model::ClientCapabilities;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

pub(crate) use lease::Lease;
use room::Room;

use crate::{
    error::LinkError,
    link::{Events, General, Link},
    plan::Target,
    session::{self, Session},
};

/// How many calls may have a process of their own at a time.
const EXCLUSIVE: usize = 16;
/// How long a session of one caller stays open without a call.
const IDLE: Duration = Duration::from_mins(5);

/// Whose sessions, and what can be asked on them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    /// `None`: everybody's, because nobody can be asked on it.
    owner: Option<Subject>,
    /// The declared capabilities, as JSON.
    declared: String,
}

/// The sessions with one upstream.
pub(crate) struct Pool {
    pub(crate) target: Target,
    events: Events,
    /// Lists, changes and modern requests: it declares everything that any caller could be asked, so that an upstream
    /// that hides tools from clients who cannot be asked shows them all. It runs no legacy calls.
    main: Arc<Room>,
    rooms: Mutex<HashMap<Key, Arc<Room>>>,
    exclusive: Arc<Semaphore>,
    closed: CancellationToken,
}

impl Pool {
    /// A pool; `declared` is everything that callers could be asked for. Opens nothing yet.
    pub(crate) fn new(target: Target, events: Events, declared: ClientCapabilities) -> Arc<Self> {
        Arc::new(Self {
            target,
            events,
            main: Arc::new(Room::new(declared)),
            rooms: Mutex::default(),
            exclusive: Arc::new(Semaphore::new(EXCLUSIVE)),
            closed: CancellationToken::new(),
        })
    }

    /// The main session.
    pub(crate) async fn main(self: &Arc<Self>) -> Result<Arc<Session>, LinkError> {
        self.shared(&self.main).await
    }

    /// How long to wait before the main session is worth another try.
    pub(crate) async fn main_rest(&self) -> Duration {
        self.main.rest().await
    }

    /// A session for a request of `owner`, who can be asked for what `wants` says.
    pub(crate) async fn lease(
        self: &Arc<Self>,
        owner: Subject,
        wants: &ClientCapabilities,
    ) -> Result<Lease, LinkError> {
        let main = self.main().await?;
        if main.era() == Era::Modern {
            return Ok(Lease::shared(main));
        }
        let nothing = *wants == ClientCapabilities::default();
        if nothing && self.main.declares_nothing() {
            return Ok(Lease::shared(main));
        }
        let room = self.room(Some(owner).filter(|_| !nothing), wants);
        match &main.link {
            // Over HTTP the stream of a call's POST tells whose question it is.
            Link::Http(_) => self.shared(&room).await.map(Lease::shared),
            Link::Stdio(_) if nothing => self.shared(&room).await.map(Lease::shared),
            Link::Stdio(_) => self.exclusive(room).await,
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<Key, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn room(&self, owner: Option<Subject>, declared: &ClientCapabilities) -> Arc<Room> {
        let key = Key { owner, declared: serde_json::to_string(declared).unwrap_or_default() };
        self.rooms().entry(key).or_insert_with(|| Arc::new(Room::new(declared.clone()))).clone()
    }

    async fn shared(self: &Arc<Self>, room: &Arc<Room>) -> Result<Arc<Session>, LinkError> {
        if let Some(session) = room.current() {
            return Ok(session);
        }
        // A task of its own: a start that takes longer than the first caller waits helps the next one.
        let (pool, room) = (self.clone(), room.clone());
        let opening = tokio::spawn(async move { room.open(|| pool.open(&room.declared)).await });
        opening.await.unwrap_or(Err(LinkError::Closed(None)))
    }

    async fn exclusive(self: &Arc<Self>, room: Arc<Room>) -> Result<Lease, LinkError> {
        let permit = self.exclusive.clone().acquire_owned().await.map_err(|_| LinkError::Closed(None))?;
        if let Some(session) = room.take_idle() {
            return Ok(Lease::exclusive(session, room, permit));
        }
        let session = self.open(&room.declared).await?;
        Ok(Lease::exclusive(Arc::new(session), room, permit))
    }

    async fn open(&self, declared: &ClientCapabilities) -> Result<Session, LinkError> {
        tokio::select! {
            opened = session::open(&self.target, declared, &self.events) => opened,
            () = self.closed.cancelled() => Err(LinkError::SessionGone),
        }
    }

    /// Where upstreams' notifications go.
    pub(crate) const fn events(&self) -> &Events {
        &self.events
    }

    /// Says something as if the upstream had said it.
    pub(crate) fn tell(&self, event: General) {
        // A full queue already says that much changed.
        let _ = self.events.try_send(event);
    }

    /// Ends sessions of callers who have not called for a while.
    pub(crate) fn sweep(&self) {
        self.rooms().retain(|_, room| Arc::strong_count(room) > 1 || room.sweep(IDLE));
    }

    /// Ends all sessions, and opens no more.
    pub(crate) fn close(&self) {
        self.closed.cancel();
        self.exclusive.close();
        self.main.clear();
        self.rooms().drain().for_each(|(_, room)| room.clear());
    }
}
