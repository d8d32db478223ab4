//! The sessions of one key.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use rmcp::model::ClientCapabilities;
use tokio::sync::Mutex as AsyncMutex;

use crate::{error::LinkError, session::Session};

const FIRST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(30);
/// A session that ends sooner has failed.
const PROVEN: Duration = Duration::from_secs(10);

/// Sessions that declare the same, for the same caller.
pub(super) struct Room {
    pub(super) declared: ClientCapabilities,
    current: RwLock<Option<Arc<Session>>>,
    /// Sessions that only one call has at a time.
    idle: Mutex<Vec<Arc<Session>>>,
    /// Held while a session is opened.
    trouble: AsyncMutex<Trouble>,
}

/// What went wrong lately.
#[derive(Default)]
struct Trouble {
    /// When the last session was opened.
    opened: Option<Instant>,
    rest: Duration,
    /// Until when nothing is tried, and what to say meanwhile.
    until: Option<(Instant, String)>,
}

impl Trouble {
    fn resting(&self) -> Option<(Duration, &str)> {
        let (until, message) = self.until.as_ref()?;
        until.checked_duration_since(Instant::now()).map(|left| (left, message.as_str()))
    }

    fn add(&mut self, message: String) {
        self.rest = (self.rest * 2).clamp(FIRST_REST, LONGEST_REST);
        self.until = Some((Instant::now() + self.rest, message));
    }
}

impl Room {
    pub(super) fn new(declared: ClientCapabilities) -> Self {
        Self { declared, current: RwLock::default(), idle: Mutex::default(), trouble: AsyncMutex::default() }
    }

    pub(super) fn declares_nothing(&self) -> bool {
        self.declared == ClientCapabilities::default()
    }

    /// The session that all share, if it is usable.
    pub(super) fn current(&self) -> Option<Arc<Session>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|session| !session.link.is_closed()).cloned()
    }

    fn set(&self, session: Option<Arc<Session>>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Opens the shared session, once for all who wait. After a failure it rests, longer each time.
    pub(super) async fn open<F>(&self, open: impl FnOnce() -> F) -> Result<Arc<Session>, LinkError>
    where
        F: Future<Output = Result<Session, LinkError>>,
    {
        let mut trouble = self.trouble.lock().await;
        if let Some(session) = self.current() {
            return Ok(session);
        }
        self.set(None);
        if let Some((_, message)) = trouble.resting() {
            return Err(LinkError::Recently(message.to_owned()));
        }
        match trouble.opened.take().map(|opened| opened.elapsed()) {
            Some(lived) if lived < PROVEN => {
                trouble.add("the upstream server ended soon after its start; it is started again shortly".to_owned());
                return Err(LinkError::Recently("the upstream server ended soon after its start".to_owned()));
            }
            Some(_) => trouble.rest = Duration::ZERO,
            None => {}
        }
        match open().await {
            Ok(session) => {
                let session = Arc::new(session);
                (trouble.opened, trouble.until) = (Some(Instant::now()), None);
                self.set(Some(session.clone()));
                Ok(session)
            }
            Err(error) => {
                trouble.add(error.to_string());
                Err(error)
            }
        }
    }

    /// How long it still rests.
    pub(super) async fn rest(&self) -> Duration {
        self.trouble.lock().await.resting().map_or(Duration::ZERO, |(left, _)| left)
    }

    pub(super) fn take_idle(&self) -> Option<Arc<Session>> {
        let mut idle = self.idle();
        idle.retain(|session| !session.link.is_closed());
        idle.pop()
    }

    pub(super) fn put_idle(&self, session: Arc<Session>) {
        if !session.link.is_closed() {
            self.idle().push(session);
        }
    }

    /// Ends sessions that were not used for `longest`; says whether some are left.
    pub(super) fn sweep(&self, longest: Duration) -> bool {
        let mut idle = self.idle();
        idle.retain(|session| session.used().elapsed() < longest && !session.link.is_closed());
        let current = self.current().filter(|session| session.used().elapsed() < longest);
        let left = !idle.is_empty() || current.is_some();
        self.set(current);
        left
    }

    pub(super) fn clear(&self) {
        self.idle().clear();
        self.set(None);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Session>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
